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
