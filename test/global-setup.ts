import type { TestProject } from "vitest/node";
import { createTemplate, type Template } from "./helpers/template.ts";
import { openTestPostgres, type TestPostgres } from "./helpers/postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The PostgreSQL of this run, as a user who may create databases. */
    readonly postgresUrl: string;
    /** The name of the migrated, empty database that each test's database is copied from. */
    readonly templateName: string;
  }
}

let postgres: TestPostgres | undefined;
let template: Template | undefined;

/** Once for a run: the PostgreSQL of `DATABASE_URL`, else one of our own in a temporary folder, and in it a migrated template. */
export async function setup(project: TestProject): Promise<void> {
  postgres = await openTestPostgres(process.env["DATABASE_URL"]);
  template = await createTemplate(postgres.url);
  project.provide("postgresUrl", postgres.url);
  project.provide("templateName", template.name);
}

export async function teardown(): Promise<void> {
  await template?.drop();
  await postgres?.close();
}
