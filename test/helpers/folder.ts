import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "luciole-test-";

/** A temporary folder of this process that an unprivileged PostgreSQL of root may walk through; what a killed process leaves, the next run removes. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(folder, 0o711);
  return folder;
}

/** The process that made a folder, by the folder's name; undefined for any other. */
export function makerOf(name: string): number | undefined {
  const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
