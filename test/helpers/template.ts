import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { migrate } from "#db/migrate.ts";
import { prepareJobs } from "#jobs/start.ts";

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

export type Template = TestDatabase;

/** Makes an empty database with every migration applied, and with room for jobs, to be copied. */
export async function createTemplate(postgresUrl: string): Promise<Template> {
  const template = await createDatabase(postgresUrl);
  await migrate(template.url);
  await prepareJobs(template.url);
  return template;
}

/** Makes a database with a new name: empty, or a copy of a template in some ten milliseconds. */
export async function createDatabase(postgresUrl: string, template?: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const copied = template === undefined ? "" : ` template ${template}`;
  await administer(postgresUrl, `create database ${name}${copied}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => administer(postgresUrl, `drop database if exists ${name} with (force)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
