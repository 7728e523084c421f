import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { log } from "#lib/log.ts";
import { attach, type Claim, FolderInUse, type Hold } from "./attach.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import { stopPostmaster } from "./postmaster.ts";

/** A PostgreSQL of our own, in a folder of our own. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Leaves it, and stops it unless another process still uses it. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** A `server` is alone in its folder and watches over PostgreSQL; a `visitor` (a command) comes beside it. */
  readonly as: "server" | "visitor";
  /** Told when the folder went to another server while PostgreSQL was down: this one must end. */
  readonly onLost?: (error: Error) => void;
}

const logger = log("db");
const longestPause = 10_000;

/**
 * Opens the PostgreSQL of a data folder: makes it at the first start, adopts one that a killed process left running, starts it again
 * whenever it dies. Throws `StartupError` with a line for the operator that names the folder.
 */
export async function openEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const closing = new AbortController();
  const cluster = await openCluster(options.dataDir);
  const claim: Claim = { cluster, as: options.as, signal: closing.signal };
  let hold = await attach(claim);
  const { url, port } = hold;
  logger.info("PostgreSQL runs", { folder: cluster.folder, port });

  const watch = async (): Promise<void> => {
    const closed = once(closing.signal, "abort");
    for (;;) {
      await Promise.race([hold.ended, closed]);
      if (closing.signal.aborted) return;
      logger.error("the connection to PostgreSQL has ended; starting it again", { folder: cluster.name });
      await hold.close();
      hold = await attachAgain({ ...claim, port: hold.port });
      logger.info("PostgreSQL runs again", { folder: cluster.name, port: hold.port });
    }
  };
  const watching =
    options.as === "server" &&
    watch().catch((error: Error) => {
      if (!closing.signal.aborted) options.onLost?.(error);
    });
  if (options.as === "server") await removeDrafts(options.dataDir);

  return {
    url,
    async close() {
      closing.abort();
      await watching;
      await closeHold(hold, cluster);
    },
  };
}

/** Keeps trying, unless another server has the folder now. */
async function attachAgain(claim: Claim): Promise<Hold> {
  for (let pause = 100; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await attach(claim);
    } catch (error) {
      if (error instanceof FolderInUse || claim.signal?.aborted) throw error;
      logger.error("PostgreSQL does not start; trying again", {
        folder: claim.cluster.name,
        ms: pause,
        error,
      });
      await delay(pause, undefined, { signal: claim.signal });
    }
  }
}

async function closeHold(hold: Hold, cluster: Cluster): Promise<void> {
  const last = await hold.leave().catch(() => false);
  if (last) await stopPostmaster(cluster);
  await hold.close();
}

/** What first starts left behind that were killed on their way. */
async function removeDrafts(dataDir: string): Promise<void> {
  const drafts = (await readdir(dataDir)).filter((name) => name.startsWith("postgres-draft-"));
  await Promise.all(drafts.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
