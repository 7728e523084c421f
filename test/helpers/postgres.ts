import { readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import { makeFolder, makerOf } from "./folder.ts";
import { poll } from "./poll.ts";

export interface TestPostgres {
  readonly url: string;
  close(): Promise<void>;
}

/** Gives the PostgreSQL at `url`, or without one starts our own in a temporary folder, which is gone after `close`. */
export async function openTestPostgres(url: string | undefined): Promise<TestPostgres> {
  if (url) return { url, close: async () => {} };
  const own = await startPostgres();
  await waitForNoDisk(own.url);
  return own;
}

/** Starts one of our own in a temporary folder, which is gone after `close`, as a server without `DATABASE_URL` has it. */
export async function startPostgres(): Promise<TestPostgres> {
  await removeLeftovers();
  const dataDir = await makeFolder();
  const embedded = await openEmbeddedPostgres({ dataDir, as: "server" });
  return {
    url: embedded.url,
    async close() {
      await embedded.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Nothing in it is to outlive a crash of the machine; the tests of crashes bring up a PostgreSQL of their own. */
async function waitForNoDisk(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"])
    await sql.unsafe(`alter system set ${setting} = off`);
  await sql`select pg_reload_conf()`;
  await poll("no waiting for the disk", async () => (await sql`show fsync`)[0]?.["fsync"] === "off");
  await sql.end();
}

/** Ends what a killed run left running, and removes its folders. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = makerOf(name);
    const dataDir = join(tmpdir(), name);
    if (pid === undefined || isAlive(pid) || !(await isOurs(dataDir))) continue;
    const embedded = await openEmbeddedPostgres({ dataDir, as: "visitor" }).catch(() => undefined);
    await embedded?.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function isOurs(folder: string): Promise<boolean> {
  return process.getuid === undefined || (await stat(folder)).uid === process.getuid();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
