import { readMigrationFiles } from "drizzle-orm/migrator";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import type { FailpointName } from "#lib/failpoint.ts";
import { StartupError, systemReason } from "#lib/startup-error.ts";

const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));
const lockKey = [0x6c75_6369, 3] as const;

export interface MigrateOptions {
  readonly failpoint?: (name: FailpointName) => Promise<void>;
}

/**
 * Brings a database to the schema of this code, in one transaction, while other processes that start at the same time wait. It keeps
 * drizzle's own record (`drizzle.__drizzle_migrations`), but applies by what is missing there and not by date alone: drizzle's migrator
 * silently skips a migration that was merged after a younger one. Throws `StartupError` when the database cannot be reached, or has
 * a migration that this code does not know.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<void> {
  const sql = postgres(url, { max: 1, max_lifetime: null, onnotice: () => {}, connect_timeout: 10 });
  try {
    await lock(sql);
    await sql.begin(async (tx) => {
      await applyMissing(tx);
      await options.failpoint?.("during-migration");
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function lock(sql: postgres.Sql): Promise<void> {
  try {
    await sql`select pg_advisory_lock(${lockKey[0]}, ${lockKey[1]})`;
  } catch (error) {
    throw new StartupError(`cannot open the database (${systemReason(error)}): see DATABASE_URL`, {
      cause: error,
    });
  }
}

async function applyMissing(tx: postgres.TransactionSql): Promise<void> {
  await tx`create schema if not exists drizzle`;
  await tx`
    create table if not exists drizzle.__drizzle_migrations
      (id serial primary key, hash text not null, created_at bigint)`;
  const rows = await tx`select created_at from drizzle.__drizzle_migrations`;
  const applied = new Set(rows.map((row) => Number(row["created_at"])));
  const known = readMigrationFiles({ migrationsFolder });
  refuseUnknown(applied, new Set(known.map((migration) => migration.folderMillis)));
  for (const { sql, hash, folderMillis } of known) {
    if (applied.has(folderMillis)) continue;
    for (const statement of sql) await tx.unsafe(statement);
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`;
  }
}

function refuseUnknown(applied: ReadonlySet<number>, known: ReadonlySet<number>): void {
  if (applied.isSubsetOf(known)) return;
  throw new StartupError(
    "the database was migrated by a newer version of Luciole, which this one does not understand: " +
      "update Luciole, or restore a backup",
  );
}
