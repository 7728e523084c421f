import { join } from "node:path";
import { startNode } from "./child.ts";

const root = join(import.meta.dirname, "../..");

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Its standard input; empty when absent. */
  readonly input?: string;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams in the order of arrival. */
  readonly output: string;
}

/** Runs one admin command (`npm run cli -- ...`) to its end. */
export async function runCommand(
  args: readonly string[],
  { env = {}, input = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const child = startNode(["src/cli.ts", ...args], { cwd: root, env, input });
  const { code } = await child.ended;
  return { code, stdout: child.stdout(), output: child.output() };
}
