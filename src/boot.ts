import { connect, type Connection } from "#db/connect.ts";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import { migrate } from "#db/migrate.ts";
import { findSetting, keepSetting, setSetting } from "#db/server.ts";
import { createFailpoint, type FailpointName } from "#lib/failpoint.ts";
import { createSecretBox, type SecretBox } from "#lib/secret-box.ts";
import { makeSecretKey, readSecretKey, secretKeyFile } from "#lib/secret-key.ts";
import { StartupError } from "#lib/startup-error.ts";
import { type Config, isLocalOrigin } from "./config.ts";

/** What every process of ours stands on: an open, migrated database, and the keys that fit it. */
export interface Foundation {
  readonly connection: Connection;
  readonly secrets: SecretBox;
  /** The origin that this database belongs to. */
  readonly origin: string;
  readonly failpoint: (name: FailpointName) => Promise<void>;
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
  const failpoint = createFailpoint(config.failpoint);
  const embedded =
    config.databaseUrl === undefined
      ? await openEmbeddedPostgres({ dataDir: config.dataDir, ...options })
      : undefined;
  const url = embedded?.url ?? config.databaseUrl ?? "";
  let connection: Connection | undefined;
  const close = async () => {
    await connection?.close();
    await embedded?.close();
  };
  try {
    await migrate(url, { failpoint });
    connection = connect(url);
    const secrets = await openSecrets(connection, config);
    const origin = await settleOrigin(connection, config.origin, options.as);
    return { connection, secrets, origin, failpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const checkName = "secret_key_check";
const checkText = Buffer.from("luciole");

/** A database keeps one sealed value, which only the key that sealed everything else in it can open. */
async function openSecrets({ db }: Connection, config: Config): Promise<SecretBox> {
  const kept = await findSetting(db, checkName);
  const given = config.secretKey ?? (await readSecretKey(config.dataDir));
  if (given === undefined && kept !== null)
    throw new StartupError(
      `SECRET_KEY is missing: this database was sealed with a key that is neither there nor in ${secretKeyFile(config.dataDir)}`,
    );
  const secrets = createSecretBox(given ?? (await makeSecretKey(config.dataDir)));
  const check =
    kept ?? (await keepSetting(db, checkName, Buffer.from(secrets.seal(checkText)).toString("base64url")));
  try {
    secrets.open(Buffer.from(check, "base64url"));
  } catch (error) {
    const from = config.secretKey ? "" : ` (from ${secretKeyFile(config.dataDir)})`;
    throw new StartupError(`SECRET_KEY${from} is not the key that this database was sealed with`, {
      cause: error,
    });
  }
  return secrets;
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
