import { vi } from "vitest";
import { runCommand } from "#cli/program.ts";
import type { World } from "./world.ts";

/** The password that is given where one is asked for. */
export const fresh = "firefly-dawn-2";

/** Runs a command within the world; answers its exit code and what it printed. */
export async function run({ ctx }: World, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const print = (text: unknown): void => void lines.push(String(text));
  const spies = [vi.spyOn(console, "log"), vi.spyOn(console, "error")];
  for (const spy of spies) spy.mockImplementation(print);
  try {
    const open = async () => Promise.resolve({ ctx, close: () => Promise.resolve() });
    return { code: await runCommand(args, { open, readPassword: () => Promise.resolve(fresh) }), lines };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
