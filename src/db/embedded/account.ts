import { readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StartupError } from "#lib/startup-error.ts";

/** The user of the operating system that PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; these users exist on most systems and may do little. */
const candidates = ["postgres", "_postgres", "nobody", "daemon"];

/**
 * As whom PostgreSQL has to run: undefined means as ourselves. Root hands it to the owner of an existing folder, or for a new one to
 * an unprivileged user that the system knows (initdb wants a name for its user).
 */
export async function chooseAccount(existing: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (existing !== undefined) {
    const { uid, gid } = await stat(existing);
    if (uid === 0) throw new StartupError(`${existing} belongs to root, as whom PostgreSQL does not run`);
    return { uid, gid };
  }
  const users = parseUsers(await readFile("/etc/passwd", "utf8"));
  const found = candidates.map((name) => users.get(name)).find((account) => account !== undefined);
  if (found === undefined)
    throw new StartupError(
      `PostgreSQL does not run as root, and the system has none of the users ${candidates.join(", ")}: ` +
        "start the server as another user, or set DATABASE_URL",
    );
  return found;
}

function parseUsers(passwd: string): Map<string, Account> {
  const users = new Map<string, Account>();
  for (const line of passwd.split("\n")) {
    const [name = "", , uid, gid] = line.split(":");
    if (Number(uid) > 0 && Number(gid) > 0) users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users;
}

/** Tells from the mode bits whether the account may walk down to a path and read it (and list it, if a folder). */
export async function canReach(path: string, account: Account): Promise<boolean> {
  const target = await stat(path);
  return permits(target, account, target.isDirectory() ? 5 : 4) && canEnter(dirname(path), account);
}

/** Tells whether the account may walk into a folder, without having to list it. */
export async function canEnter(folder: string, account: Account): Promise<boolean> {
  for (let place = await realpath(folder); ; place = dirname(place)) {
    if (!permits(await stat(place), account, 1)) return false;
    if (place === dirname(place)) return true;
  }
}

function permits(file: { mode: number; uid: number; gid: number }, account: Account, bits: number): boolean {
  const shift = file.uid === account.uid ? 6 : file.gid === account.gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}
