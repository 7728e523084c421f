import { connect, type Connection } from "#db/connect.ts";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import { migrate } from "#db/migrate.ts";
import { findSetting, keepSetting, setSetting } from "#db/server.ts";
import { createFailpoint } from "#lib/failpoint.ts";
import { createSecretBox } from "#lib/secret-box.ts";
import { makeSecretKey, readSecretKey, secretKeyFile } from "#lib/secret-key.ts";
import { StartupError } from "#lib/startup-error.ts";
import manifest from "../package.json" with { type: "json" };
import { type Config, isLocalOrigin } from "./config.ts";

export const { version } = manifest;

/** What every process of ours stands on: an open, migrated database, and the key that fits it. */
export interface Foundation {
  readonly connection: Connection;
  readonly secretKey: Uint8Array;
  /** The settings, with the origin that this database belongs to. */
  readonly config: Config;
  readonly version: string;
  /** Closes the connections, and stops our own PostgreSQL unless another process uses it. */
  close(): Promise<void>;
}

export interface FoundationOptions {
  /** A `server` is alone in its data folder, and its ORIGIN counts; a `visitor` (a command) takes what it finds. */
  readonly as: "server" | "visitor";
  /** Told when our own PostgreSQL went to another server: this process must end. */
  readonly onLost?: (error: Error) => void;
}

/** Opens the database (our own, without DATABASE_URL), migrates it, and checks that key and origin are those it was made with. */
export async function layFoundation(config: Config, options: FoundationOptions): Promise<Foundation> {
  const { databaseUrl, dataDir } = config;
  const embedded =
    databaseUrl === undefined ? await openEmbeddedPostgres({ dataDir, ...options }) : undefined;
  const url = embedded?.url ?? databaseUrl ?? "";
  let connection: Connection | undefined;
  const close = async () => {
    await connection?.close();
    await embedded?.close();
  };
  try {
    await migrate(url, { failpoint: createFailpoint(config.failpoint) });
    connection = connect(url);
    const secretKey = await settleSecretKey(connection, config);
    const origin = await settleOrigin(connection, config.origin, options.as);
    return { connection, secretKey, config: { ...config, origin }, version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const checkName = "secret_key_check";
const checkText = Buffer.from("luciole");

/** A database keeps one sealed value, which only the key that sealed everything else in it can open. */
async function settleSecretKey({ db }: Connection, config: Config): Promise<Uint8Array> {
  const kept = await findSetting(db, checkName);
  const given = config.secretKey ?? (await readSecretKey(config.dataDir));
  if (given === undefined && kept !== null)
    throw new StartupError(
      `SECRET_KEY is missing: this database was sealed with a key that is neither there nor in ${secretKeyFile(config.dataDir)}`,
    );
  const key = given ?? (await makeSecretKey(config.dataDir));
  const box = createSecretBox(key);
  const check =
    kept ?? (await keepSetting(db, checkName, Buffer.from(box.seal(checkText)).toString("base64url")));
  try {
    box.open(Buffer.from(check, "base64url"));
    return key;
  } catch (error) {
    const from = config.secretKey ? "" : ` (from ${secretKeyFile(config.dataDir)})`;
    throw new StartupError(`SECRET_KEY${from} is not the key that this database was sealed with`, {
      cause: error,
    });
  }
}

/** People's addresses are made of the origin: once it was public, a change would make all of them strangers to everybody. */
async function settleOrigin(
  { db }: Connection,
  origin: string,
  as: FoundationOptions["as"],
): Promise<string> {
  const kept = await findSetting(db, "origin");
  if (kept === origin) return origin;
  if (as === "visitor") return kept ?? origin;
  if (kept !== null && !isLocalOrigin(kept))
    throw new StartupError(
      `ORIGIN is ${origin}, but this database belongs to ${kept}: the addresses of its people cannot move`,
    );
  await setSetting(db, "origin", origin);
  return origin;
}
