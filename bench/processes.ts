import { join } from "node:path";
import postgres from "postgres";
import { findFreePort } from "#db/embedded/postmaster.ts";
import { type Child, startNode } from "../test/helpers/child.ts";
import { startPostgres, type TestPostgres } from "../test/helpers/postgres.ts";
import { createDatabase } from "../test/helpers/template.ts";
import type { CpuTimes } from "./contender.ts";
import { cpuSeconds, parentOf } from "./cpu.ts";
import type { IdleSession } from "./idle.ts";

const root = join(import.meta.dirname, "..");

/** A PostgreSQL of one contender's own, with the binary and the settings of all of them. */
export interface Database {
  readonly url: string;
  readonly sql: postgres.Sql;
  /** The process that all its processes come from. */
  readonly pid: number;
  readonly version: string;
}

/** Starts a PostgreSQL as our server does without DATABASE_URL; with it, makes a database in that one, which must be on this machine. */
export async function startDatabase(started: AsyncDisposableStack): Promise<Database> {
  const shared = process.env["DATABASE_URL"];
  const { url, close } = shared ? await makeDatabase(shared) : await startPostgres();
  started.defer(close);
  const sql = postgres(url, { max: 1, onnotice: () => {}, max_lifetime: null });
  started.defer(() => sql.end());
  const [row] = await sql`select pg_backend_pid() as pid, current_setting('server_version') as version`;
  const pid = await parentOf(Number(row?.["pid"]));
  if (pid === null) throw new Error("PostgreSQL has gone away");
  return { url, sql, pid, version: String(row?.["version"]) };
}

async function makeDatabase(shared: string): Promise<TestPostgres> {
  const { url, drop } = await createDatabase(shared);
  return { url, close: drop };
}

/** A server process on a port of its own. */
export interface Server {
  readonly port: number;
  readonly child: Child;
}

/** Runs a file of this repository and waits until it says that it is ready. */
export async function startServer(
  started: AsyncDisposableStack,
  program: { file: string; env: Readonly<Record<string, string>> },
): Promise<Server> {
  const port = await findFreePort();
  const child = startNode([program.file], { cwd: root, env: { ...program.env, PORT: String(port) } });
  let isWanted = true;
  started.defer(async () => {
    isWanted = false;
    await child.kill("SIGKILL");
  });
  await child.waitFor(/\bready\b/);
  void child.ended.then(() => {
    if (isWanted)
      process.stderr.write(`${program.file} has ended by itself:\n${child.output().slice(-2_000)}\n`);
  });
  return { port, child };
}

/** Opens sessions that only listen, in a process of their own, so that whoever measures does not serve them. */
export async function startIdle(
  started: AsyncDisposableStack,
  sessions: readonly IdleSession[],
): Promise<void> {
  if (sessions.length === 0) return;
  const child = startNode(["bench/idle.ts"], { cwd: root, input: JSON.stringify(sessions) });
  started.defer(async () => void (await child.kill("SIGKILL")));
  await child.waitFor(/\bready\b/, 300_000);
}

/** What a server and its PostgreSQL have used so far, with all their processes. */
export async function cpuOf(server: Server, database: Database | null): Promise<CpuTimes | null> {
  const [own, postgres] = await Promise.all([
    cpuSeconds(server.child.pid),
    database && cpuSeconds(database.pid),
  ]);
  return own === null ? null : { server: own, postgres: postgres ?? 0 };
}
