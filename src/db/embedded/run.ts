import { spawn } from "node:child_process";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import type { Account } from "./account.ts";
import { type Binaries, program } from "./binaries.ts";

export interface Run {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** A folder that the account can enter: PostgreSQL's programs want a readable working folder. */
  readonly cwd: string;
}

/** The environment of PostgreSQL's programs: nothing of ours, SECRET_KEY least of all. */
export const cleanEnvironment = { LC_ALL: "C", TZ: "UTC" };

/** Runs one of PostgreSQL's short programs to its end; throws only when it cannot be started. */
export async function run(
  name: "initdb" | "pg_ctl",
  args: readonly string[],
  { binaries, account, cwd }: Run,
): Promise<{ ok: boolean; output: string }> {
  const child = spawn(program(binaries, name), args, {
    cwd,
    env: cleanEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
    ...account,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(cannotRun(name, error)));
    child.once("close", resolve);
  });
  return { ok: code === 0, output };
}

/** For one: a system whose C library is another than the packages were built for (Alpine). */
function cannotRun(name: string, error: Error): StartupError {
  return new StartupError(
    `this system cannot run PostgreSQL's ${name} from npm (${systemReason(error)}): set DATABASE_URL to a PostgreSQL of your own`,
    { cause: error },
  );
}

/** The line of PostgreSQL's output that says why it gave up, without time and process number. */
export function findReason(output: string): string {
  const lines = output.trim().split("\n");
  const told = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? "";
  return told.replace(/^.*(FATAL|PANIC|error): +/, "").slice(0, 300) || "it ended without a word";
}
