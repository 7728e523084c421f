import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgTransaction } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";

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

/** Opens a pool of connections; statements end after 5 s, and so do idle transactions after 10 s. */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const sql = postgres(url, {
    max: options.max ?? 10,
    onnotice: () => {},
    connection: {
      application_name: "luciole",
      statement_timeout: 5_000,
      idle_in_transaction_session_timeout: 10_000,
    },
  });
  return { url, db: drizzle({ client: sql }), sql, close: () => sql.end({ timeout: 5 }) };
}

/** Whether a statement failed because a row with that key is there already (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof postgres.PostgresError && cause.code === "23505";
}
