import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import { program } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { openRegular } from "./open-regular.ts";
import { cleanEnvironment, findReason, run } from "./run.ts";

/** A PostgreSQL server process, ours or left behind by an earlier one of us. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** A server process that we started in this attempt. */
export interface Launched {
  /** Why it ended, as it told its log; undefined while it runs. */
  ending(): Promise<string | undefined>;
}

const settings: Readonly<Record<string, string | number>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 100,
  shared_buffers: "64MB",
  effective_cache_size: "512MB",
  max_wal_size: "512MB",
  timezone: "UTC",
  log_timezone: "UTC",
  // Statements here are short. Without parallel workers /dev/shm is not needed, which containers keep small.
  jit: "off",
  max_parallel_workers_per_gather: 0,
  io_method: "sync",
  // The log must not repeat what people write: errors quote values and statements, so only the server's own life is logged.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  log_connections: "",
  log_lock_waits: "off",
  log_autovacuum_min_duration: -1,
};

const longestLog = 1_000_000;
const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** Starts PostgreSQL in its own process group: a Ctrl-C in our terminal must reach us, and not it. */
export async function launch(cluster: Cluster, port: number): Promise<Launched> {
  await disownForeignPid(cluster);
  const log = await openLog(cluster);
  const args = Object.entries({ ...settings, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(program(cluster.binaries, "postgres"), ["-D", cluster.data, ...args], {
    cwd: cluster.folder,
    env: cleanEnvironment,
    stdio: ["ignore", log.file.fd, log.file.fd],
    detached: true,
    windowsHide: true,
    ...cluster.account,
  });
  let failure: string | undefined;
  child.once("error", (error) => (failure = systemReason(error)));
  child.once("spawn", () => void log.file.close());
  child.unref();
  return {
    async ending() {
      if (failure !== undefined) return failure;
      const ended = child.exitCode !== null || child.signalCode !== null;
      return ended ? readReason(cluster, log.start) : undefined;
    },
  };
}

async function openLog(cluster: Cluster): Promise<{ file: FileHandle; start: number }> {
  const file = await openRegular(cluster.log, O_WRONLY | O_APPEND | O_CREAT);
  const { size } = await file.stat();
  if (size <= longestLog) return { file, start: size };
  await file.truncate();
  return { file, start: 0 };
}

async function readReason(cluster: Cluster, from: number): Promise<string> {
  const file = await openRegular(cluster.log, O_RDONLY);
  try {
    const { buffer, bytesRead } = await file.read({ position: from, buffer: Buffer.alloc(16_384) });
    return findReason(buffer.toString("utf8", 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Finds the server process of a cluster by the file that it writes; undefined when there is none alive. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const lines = await readPidFile(cluster);
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && (await isPostgres(pid)) ? { pid, port } : undefined;
}

/** The port of a server process that died without cleaning up: the clients of its time look for the next one there. */
export async function findFormerPort(cluster: Cluster): Promise<number | undefined> {
  return Number((await readPidFile(cluster))[3]) || undefined;
}

async function readPidFile(cluster: Cluster): Promise<string[]> {
  const text = await readFile(join(cluster.data, "postmaster.pid"), "utf8").catch((error: unknown) => {
    if (systemReason(error) === "ENOENT") return "";
    throw new StartupError(`cannot read PostgreSQL's folder ${cluster.name} (${systemReason(error)})`);
  });
  return text.split("\n");
}

async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    return name.trim() === "postgres" && !(await isZombie(pid));
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemReason(error) === "EPERM";
  }
}

/** Where nobody reaps orphans (a container whose first process is ours), a killed server stays in the table of processes. */
async function isZombie(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return /\) [ZX] /.test(text);
}

/**
 * After a crash the number in `postmaster.pid` may belong to some other process by now (in a container, nearly always), and PostgreSQL
 * would refuse to start beside it. It does not mind the number of its own parent, which is us, and still checks by the rest of the
 * file that no process of the dead server is left; so the file is not removed.
 */
async function disownForeignPid(cluster: Cluster): Promise<void> {
  const [pid, ...rest] = await readPidFile(cluster);
  if (process.platform !== "linux" || !Number(pid) || (await isPostgres(Number(pid)))) return;
  const path = join(cluster.data, "postmaster.pid");
  const file = await openRegular(path, O_RDWR);
  try {
    const owner = cluster.account?.uid ?? process.getuid?.();
    if ((await file.stat()).uid !== owner) throw new StartupError(`${path} is not PostgreSQL's own file`);
    const { bytesWritten } = await file.write([process.pid, ...rest].join("\n"), 0);
    await file.truncate(bytesWritten); // afterwards, for PostgreSQL gives up when it finds the file empty
  } finally {
    await file.close();
  }
}

/** Stops the server process of a cluster: ends its clients, writes everything down, waits. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const where = { binaries: cluster.binaries, account: cluster.account, cwd: cluster.folder };
  const stop = (mode: string, seconds: number) =>
    run("pg_ctl", ["stop", "-D", cluster.data, "-m", mode, "-t", String(seconds)], where);
  if ((await findPostmaster(cluster)) === undefined) return;
  // `immediate` is as safe as a power cut: the next start replays the log.
  if (!(await stop("fast", 6)).ok && (await findPostmaster(cluster))) await stop("immediate", 2);
}

/** A port on 127.0.0.1 that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string")
    throw new Error("a TCP server has an address with a port");
  return address.port;
}
