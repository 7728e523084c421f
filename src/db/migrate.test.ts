import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StartupError } from "#lib/startup-error.ts";
import { createEmptyDatabase } from "../../test/helpers/database.ts";
import type { TestDatabase } from "../../test/helpers/template.ts";
import { migrate } from "./migrate.ts";

let database: TestDatabase;
let sql: postgres.Sql;

beforeEach(async () => {
  database = await createEmptyDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});

afterEach(async () => {
  await sql.end();
  await database.drop();
});

async function countTables(): Promise<number> {
  const rows = await sql`select 1 from pg_tables where schemaname = 'public'`;
  return rows.length;
}

test("an empty database gets every table, and a second run changes nothing", async () => {
  await migrate(database.url);
  const tables = await countTables();
  expect(tables).toBeGreaterThan(5);
  const applied = await sql`select * from drizzle.__drizzle_migrations`;
  await migrate(database.url);
  expect(await sql`select * from drizzle.__drizzle_migrations`).toEqual(applied);
  expect(await countTables()).toBe(tables);
});

test("processes that start at once migrate once", async () => {
  await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
  const applied = await sql`select created_at from drizzle.__drizzle_migrations`;
  expect(new Set(applied.map((row) => String(row["created_at"]))).size).toBe(applied.length);
});

test("a migration that breaks midway leaves nothing, and runs whole the next time", async () => {
  const broken = migrate(database.url, { failpoint: () => Promise.reject(new Error("cut")) });
  await expect(broken).rejects.toThrow("cut");
  expect(await countTables()).toBe(0);
  await migrate(database.url);
  expect(await countTables()).toBeGreaterThan(5);
});

test("a database of a newer version is refused and left as it is", async () => {
  await migrate(database.url);
  const year2200 = 7_258_118_400_000;
  await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${year2200})`;
  await expect(migrate(database.url)).rejects.toThrow(StartupError);
  await expect(migrate(database.url)).rejects.toThrow("newer version");
});

test("a database that is not there is a readable error without its password", async () => {
  const refused = migrate("postgres://someone:CANARY@127.0.0.1:1/luciole").catch((error: unknown) => error);
  expect(await refused).toBeInstanceOf(StartupError);
  expect(String(await refused)).toContain("ECONNREFUSED");
  expect(String(await refused)).not.toContain("CANARY");
});
