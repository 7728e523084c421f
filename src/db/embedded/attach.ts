import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import { type Cluster, clusterUrl } from "./cluster.ts";
import { findFormerPort, findFreePort, findPostmaster, launch, type Launched } from "./postmaster.ts";

/**
 * What a process holds while it uses a cluster: one connection with two session locks, which PostgreSQL gives back by itself when the
 * process dies, however it dies.
 *
 * - `user`, shared by all who use the cluster. Whoever leaves and can take it alone is the last, and stops PostgreSQL.
 * - `server`, held by the one server process of the folder.
 */
export interface Hold {
  readonly port: number;
  readonly url: string;
  /** Settles when the connection has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** Gives the locks back; true when nobody else uses the cluster, who then also may not begin to until it is stopped. */
  leave(): Promise<boolean>;
  close(): Promise<void>;
}

/** The folder is in use by another server process. */
export class FolderInUse extends StartupError {
  constructor(folder: string, holder: string) {
    super(
      `the folder ${folder} is in use by another server (${holder}): stop that one, or give this one its own DATA_DIR`,
    );
    this.name = "FolderInUse";
  }
}

export interface Claim {
  readonly cluster: Cluster;
  /** A `server` is alone in its folder; a `visitor` (a command) comes beside it. */
  readonly as: "server" | "visitor";
  /** The port to start on, so that the clients of a server that died find the next one; any free one when absent. */
  readonly port?: number;
  /** Ends the attempts. */
  readonly signal?: AbortSignal;
}

const patience = { start: 120_000, predecessor: 5_000 };
const pause = 20;
const classId = 0x6c75_6369;
const lock = { user: 1, server: 2 };

/** Reasons of a start that the next look settles: another process starts or stops the same cluster, or took the port. */
const passing =
  /lock file .* already exists|another (server|postmaster)|shared memory block|could not bind|could not create any TCP/;

/** Starts PostgreSQL or adopts the running one, and takes the locks. Throws `StartupError` naming the folder. */
export async function attach(claim: Claim): Promise<Hold> {
  const { cluster } = claim;
  const began = performance.now();
  let port = claim.port ?? (await findFormerPort(cluster));
  let launched: Launched | undefined;
  let trouble = "it does not answer";
  while (performance.now() - began < patience.start) {
    claim.signal?.throwIfAborted();
    const running = await findPostmaster(cluster);
    const hold = running && (await enter(claim, running.port));
    if (hold) return hold;
    const ending = await launched?.ending();
    if (ending !== undefined) {
      if (!passing.test(ending))
        throw new StartupError(`PostgreSQL does not start in ${cluster.name}: ${ending}`);
      trouble = ending;
      launched = undefined;
      port = claim.port;
    }
    if (!running && !launched) launched = await launch(cluster, port ?? (await findFreePort()));
    await delay(pause);
  }
  throw new StartupError(
    `PostgreSQL does not start in ${cluster.name}: ${trouble} (its log is ${cluster.log})`,
  );
}

/** Undefined when the server is not ready, or is just being stopped. */
async function enter({ cluster, as }: Claim, port: number): Promise<Hold | undefined> {
  const hold = openHold(clusterUrl(cluster, port), port);
  try {
    if (!(await hold.tryShared())) return await abandon(hold);
    if (as === "server" && !(await hold.tryServer()))
      throw new FolderInUse(cluster.name, await hold.holder());
    return hold;
  } catch (error) {
    await hold.close();
    if (error instanceof FolderInUse) throw error;
    if (isPassing(error)) return undefined;
    const why = systemReason(error);
    throw new StartupError(`cannot enter the PostgreSQL that runs in ${cluster.name} (${why})`, {
      cause: error,
    });
  }
}

async function abandon(hold: Hold): Promise<undefined> {
  await hold.close();
  return undefined;
}

/** Refused, reset or closed connections, and class 57P: starting, stopping, crashed. */
function isPassing(error: unknown): boolean {
  return /^(ECONN|EPIPE|CONNECTION_|CONNECT_TIMEOUT|57P)/.test(systemReason(error));
}

interface Opened extends Hold {
  tryShared(): Promise<boolean>;
  tryServer(): Promise<boolean>;
  holder(): Promise<string>;
}

function openHold(url: string, port: number): Opened {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null, // the locks live as long as the connection
    connect_timeout: 5,
    fetch_types: false,
    onnotice: () => {},
    onclose: () => resolve(),
    connection: { application_name: `luciole ${process.pid}` },
  });
  const ask = async (statement: postgres.PendingQuery<postgres.Row[]>) =>
    (await statement)[0]?.["ok"] === true;
  return {
    port,
    url,
    ended,
    tryShared: () => ask(sql`select pg_try_advisory_lock_shared(${classId}, ${lock.user}) as ok`),
    async tryServer() {
      // A predecessor that was killed this moment still holds its lock until PostgreSQL has seen its end.
      for (
        const began = performance.now();
        performance.now() - began < patience.predecessor;
        await delay(pause)
      )
        if (await ask(sql`select pg_try_advisory_lock(${classId}, ${lock.server}) as ok`)) return true;
      return false;
    },
    async holder() {
      const rows = await sql`
        select application_name from pg_stat_activity join pg_locks using (pid)
        where locktype = 'advisory' and classid = ${classId} and objid = ${lock.server} and granted`;
      return String(rows[0]?.["application_name"] ?? "it has just ended").replace(/^luciole /, "process ");
    },
    async leave() {
      await sql`select pg_advisory_unlock_shared(${classId}, ${lock.user})`;
      return ask(sql`select pg_try_advisory_lock(${classId}, ${lock.user}) as ok`);
    },
    close: () => sql.end({ timeout: 1 }),
  };
}
