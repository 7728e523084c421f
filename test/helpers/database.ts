import postgres from "postgres";
import { inject } from "vitest";
import { createDatabase, type TestDatabase } from "./template.ts";

/** A migrated, empty database of the test's own; `drop` it at the end (it takes its clients with it). */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(inject("postgresUrl"), inject("templateName"));
}

/** An empty database without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase(inject("postgresUrl"));
}

/** Test files run side by side: what several of them would do at once is done by one after the other. */
export async function alone<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const sql = postgres(inject("postgresUrl"), { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(hashtext(${what}))`;
    return await work();
  } finally {
    await sql.end();
  }
}
