import type { ExtractTablesWithRelations } from "drizzle-orm";
import { makePgArray, parsePgArray, type PgTransaction, type PgTransactionConfig } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { prepareStatements } from "./prepare.ts";

type NoSchema = Record<string, never>;

/** The pool: for single statements that need no transaction. */
export type Database = PostgresJsDatabase<NoSchema>;
/** An open transaction. */
export type Transaction = PgTransaction<
  PostgresJsQueryResultHKT,
  NoSchema,
  ExtractTablesWithRelations<NoSchema>
>;
/** Where a query may run: in a transaction or on the pool. */
export type Queryable = Database | Transaction;

export interface Connection {
  readonly url: string;
  readonly db: Database;
  /** For LISTEN and NOTIFY only. */
  readonly sql: postgres.Sql;
  close(): Promise<void>;
}

/** How the driver writes an array type, by its number in PostgreSQL's catalogue, and reads it where we do. */
function arrays(type: number, read?: "read"): postgres.PostgresType<unknown[]> {
  return {
    to: type,
    from: read ? [type] : [],
    serialize: (items: unknown) => (Array.isArray(items) ? makePgArray(items) : items), // drizzle has written those of columns
    parse: parsePgArray,
  };
}

/** Seconds until the next attempt after failed ones: a database that comes back is soon noticed. */
const backoff = (failures: number): number => (0.5 + Math.random() / 2) * Math.min(0.02 * 2 ** failures, 1);

/**
 * Opens connections, `max` for single statements and as many for transactions; statements end after 5 s, idle transactions
 * after 10 s, and every lookup goes by an index.
 *
 * Transactions have connections of their own: the driver sends `begin` behind the statements of others that are under way, and
 * where those are many it loses sight of the transaction, whose connection then takes statements that are never committed.
 */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const open = (): postgres.Sql => {
    return postgres(url, {
      max: options.max ?? 8,
      onnotice: () => {},
      backoff,
      // Asked of the catalogue on each new connection, they would be a query that nobody awaits when the connection breaks.
      fetch_types: false,
      types: { uuids: arrays(2951, "read"), bigints: arrays(1016), texts: arrays(1009) },
      connection: {
        application_name: "luciole",
        statement_timeout: 5_000,
        idle_in_transaction_session_timeout: 10_000,
        // Whoever plans a statement for good while a table is empty would read all of it ever after, once it is not: foreign keys too.
        enable_seqscan: "off",
      },
    });
  };
  const [sql, transactions] = [open(), open()];
  drizzle({ client: transactions }); // it makes a client leave values as it writes and reads them itself
  const db = drizzle({ client: prepareStatements(sql, transactions) });
  const close = async (): Promise<void> => {
    await Promise.all([sql.end({ timeout: 5 }), transactions.end({ timeout: 5 })]);
  };
  return { url, db, sql, close };
}

/** Whether a statement failed because a row with that key is there already (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return isViolation(error, "23505");
}

/** Whether a statement failed because something still refers to the row (SQLSTATE 23503). */
export function isForeignKeyViolation(error: unknown): boolean {
  return isViolation(error, "23503");
}

function isViolation(error: unknown, code: string): boolean {
  const cause = causeOf(error);
  return cause instanceof postgres.PostgresError && cause.code === code;
}

/**
 * SQLSTATEs by which PostgreSQL takes nothing now and may take the same later: a statement or a lock that took too long,
 * a deadlock, transactions that cross, resources that are used up, an end or a beginning of the server.
 */
const passing = /^(57014|55P03|40P01|40001|53...|57P0[1-3]|25P03|08...)$/;

/** Whether a statement failed because the database is overloaded or away: it may succeed later. */
export function isOverloaded(error: unknown): boolean {
  const cause = causeOf(error);
  return isConnectionLost(cause) || (cause instanceof postgres.PostgresError && passing.test(cause.code));
}

/** Drizzle puts what the driver throws into an error of its own. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

/**
 * Runs work in one transaction, and rolls it back when it fails.
 *
 * Work that failed because its connection is gone is never settled: the driver would send a `rollback` into the void,
 * which ends the process (porsager/postgres, issue 1208). It refuses the transaction anyway when it sees the end.
 */
export async function inTransaction<T>(
  db: Database,
  work: (tx: Transaction) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  return await db.transaction(async (tx) => {
    try {
      if (config !== undefined) await tx.setTransaction(config);
      return await work(tx);
    } catch (error) {
      if (isConnectionLost(error)) return await new Promise<never>(() => {});
      throw error;
    }
  });
}

/** Whether an error means that no further statement can go through its connection. */
function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof postgres.PostgresError) return /^(FATAL|PANIC)$/.test(cause.severity);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(CONNECTION_|ECONN|EPIPE|ETIMEDOUT)/.test(code);
}
