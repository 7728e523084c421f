import { createHash, randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import { type Account, canEnter, chooseAccount } from "./account.ts";
import { type Binaries, findBinaries, makeUsable } from "./binaries.ts";
import { findReason, run } from "./run.ts";

/** The folder of one PostgreSQL: `data` (PGDATA), `password` and `log`, all closed to other users. */
export interface Cluster {
  /** As the operator knows it: `DATA_DIR/postgres`. */
  readonly name: string;
  /** Where it really is. */
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
}

export const userName = "luciole";

/** Where PostgreSQL's programs and data go when root's DATA_DIR is closed to every unprivileged user (as /root is). */
const openPlace = "/var/lib/luciole";

/**
 * Opens the cluster of a data folder, and makes it at the first start. It appears under its name only when it is whole, so a death in
 * between, or two first starts at once, do no harm. Throws `StartupError` naming the folder when it cannot.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  await makeDataDir(dataDir);
  const name = join(dataDir, "postgres");
  const existing = await findExisting(name);
  const account = await chooseAccount(existing);
  const binaries = await makeUsable(
    await findBinaries(),
    account,
    account === undefined ? dataDir : openPlace,
  );
  if (existing === undefined) await create(name, account, binaries);
  return read(name, account, binaries);
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    // Root's PostgreSQL runs as another user, who must be able to walk through (not list) the folder.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (error) {
    throw new StartupError(`cannot make the folder ${dataDir} (${systemReason(error)})`, { cause: error });
  }
}

async function findExisting(name: string): Promise<string | undefined> {
  try {
    const folder = await realpath(name);
    return (await readdir(folder)).length > 0 ? folder : undefined;
  } catch (error) {
    if (systemReason(error) === "ENOENT" && !(await isLink(name))) return undefined;
    const why =
      systemReason(error) === "ENOENT" ? "it links to a folder that is not there" : systemReason(error);
    throw new StartupError(`cannot open PostgreSQL's folder ${name} (${why})`, { cause: error });
  }
}

async function isLink(name: string): Promise<boolean> {
  return lstat(name).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

async function create(name: string, account: Account | undefined, binaries: Binaries): Promise<void> {
  let draft: string | undefined;
  try {
    const dataDir = dirname(name);
    const here = account === undefined || (await canEnter(dataDir, account));
    draft = here ? await mkdtemp(`${name}-draft-`) : await mkdtemp(await openFolder(dataDir));
    await initialise(draft, account, binaries);
    await (here ? rename(draft, name) : symlink(draft, name, "dir"));
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    if (await findExisting(name)) return; // another first start was faster
    if (error instanceof StartupError) throw error;
    throw new StartupError(`cannot make PostgreSQL's folder ${name} (${systemReason(error)})`, {
      cause: error,
    });
  }
}

async function openFolder(dataDir: string): Promise<string> {
  await mkdir(openPlace, { recursive: true, mode: 0o755 });
  const hash = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 12);
  return join(openPlace, `${hash}-`);
}

async function initialise(draft: string, account: Account | undefined, binaries: Binaries): Promise<void> {
  const password = join(draft, "password");
  await writeFile(password, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (account !== undefined)
    await Promise.all([draft, password].map((path) => chown(path, account.uid, account.gid)));
  await chmod(draft, 0o700);
  const data = join(draft, "data");
  const args = ["--pgdata", data, "--username", userName, "--pwfile", password, "--auth", "scram-sha-256"];
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const { ok, output } = await run("initdb", [...args, ...locale, "--no-instructions"], {
    binaries,
    account,
    cwd: draft,
  });
  if (!ok) throw new StartupError(`cannot make a database in ${dirname(draft)}: ${findReason(output)}`);
}

async function read(name: string, account: Account | undefined, binaries: Binaries): Promise<Cluster> {
  const folder = await realpath(name);
  const data = join(folder, "data");
  try {
    const owner = (await stat(data)).uid;
    const self = process.getuid?.();
    if (self !== undefined && self !== 0 && owner !== self)
      throw new StartupError(
        `PostgreSQL's folder ${name} belongs to user ${owner}, and this process runs as user ${self}`,
      );
    if (account !== undefined && !(await canEnter(data, account)))
      throw new StartupError(
        `PostgreSQL's folder ${name} belongs to user ${account.uid}, who cannot walk into ${folder}`,
      );
    const version = (await readFile(join(data, "PG_VERSION"), "utf8")).trim();
    const ours = binaries.version.split(".")[0];
    if (version !== ours)
      throw new StartupError(
        `the database in ${name} was made by PostgreSQL ${version}; this installation runs ${ours}`,
      );
    const password = await readFile(join(folder, "password"), "utf8");
    return { name, folder, data, log: join(folder, "log"), password, account, binaries };
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`cannot read PostgreSQL's folder ${name} (${systemReason(error)})`, {
      cause: error,
    });
  }
}

/** The address of the cluster's database for clients on this machine. */
export function clusterUrl(cluster: Cluster, port: number): string {
  return `postgres://${userName}:${cluster.password}@127.0.0.1:${port}/postgres`;
}
