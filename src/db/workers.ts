import postgres from "postgres";

/**
 * Who works off jobs, and who has died doing so. A job stays locked for hours after `kill -9`; so every worker holds an
 * advisory lock for as long as its process lives, and whoever finds such a lock free gives the dead worker's jobs back.
 */
export interface WorkerLocks {
  /** Holds the lock of one more worker of this process. */
  hold(workerId: string): Promise<void>;
  /** Takes the locks again if their connection broke, then gives back the jobs of the dead; answers how many workers died. */
  check(): Promise<number>;
  release(): Promise<void>;
}

/** Opens the connection whose life is the proof of this process's life; `sql` finds the dead. */
export async function openWorkerLocks({
  sql,
  url,
}: {
  sql: postgres.Sql;
  url: string;
}): Promise<WorkerLocks> {
  const held = new Set<string>();
  const proof = postgres(url, {
    max: 1,
    max_lifetime: null, // the locks live as long as the connection
    connect_timeout: 5,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "luciole worker" },
  });
  const session = async (): Promise<number | undefined> => {
    const rows = await proof<{ pid: number }[]>`select pg_backend_pid() as pid`;
    return rows[0]?.pid;
  };
  const take = async (workerId: string): Promise<void> => {
    await proof`select pg_advisory_lock(hashtextextended('luciole worker ' || ${workerId}, 0))`;
  };
  let known = await session();
  const renew = async (): Promise<void> => {
    const now = await session();
    if (now === known) return;
    // PostgreSQL was restarted, and the locks went with the connection.
    for (const workerId of held) await take(workerId);
    known = now;
  };
  return {
    hold: async (workerId) => {
      held.add(workerId);
      await take(workerId);
    },
    check: async () => {
      await renew();
      return await unlockDead(sql);
    },
    release: () => proof.end({ timeout: 1 }),
  };
}

/** On another connection than the one that holds our own locks: a session never waits for itself. */
async function unlockDead(sql: postgres.Sql): Promise<number> {
  const rows = await sql<{ dead: number }[]>`
    with holder as (
      select distinct locked_by as id from graphile_worker._private_jobs where locked_by is not null
    ),
    dead as (
      select array_agg(id) as ids from holder
      where pg_try_advisory_xact_lock(hashtextextended('luciole worker ' || id, 0))
    )
    select cardinality(ids) as dead, graphile_worker.force_unlock_workers(ids)::text from dead where ids is not null`;
  return rows[0]?.dead ?? 0;
}
