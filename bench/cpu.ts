import { readdir, readFile } from "node:fs/promises";

/** Ticks per second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Of the process and of those of its children that have ended, in ticks. */
  readonly ticks: number;
}

/** CPU seconds of a process and of all its descendants, those that ended included; null where there is no /proc. */
export async function cpuSeconds(root: number): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = (await Promise.all(names.map(readStat))).filter((stat) => stat !== null);
  const children = Map.groupBy(stats, ({ parent }) => parent);
  const ticksOf = (pid: number): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + child.ticks + ticksOf(child.pid), 0);
  const own = stats.find(({ pid }) => pid === root);
  if (own === undefined) throw new Error(`process ${root} has ended`);
  return (own.ticks + ticksOf(root)) / TICKS;
}

/** The process that started a process. */
export async function parentOf(pid: number): Promise<number | null> {
  return (await readStat(String(pid)))?.parent ?? null;
}

/** Fields 4 and 14 to 17 of proc_pid_stat(5); null when the process has just ended. */
async function readStat(name: string): Promise<Stat | null> {
  const text = await readFile(`/proc/${name}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(name), parent: Number(fields[1]), ticks };
}
