import { beforeAll, inject } from "vitest";
import { buildWebOnce } from "../test/helpers/server.ts";

/** What a bench needs that only shows that it works: the page, and databases of its own in the PostgreSQL of the tests. */
export function prepareShortRun(): void {
  beforeAll(async () => {
    process.env["DATABASE_URL"] = inject("postgresUrl");
    await buildWebOnce();
  });
}
