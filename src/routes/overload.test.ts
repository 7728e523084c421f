import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import postgres from "postgres";
import type { ApiError } from "#protocol/api.ts";
import { startApp } from "../../test/helpers/app.ts";
import { poll } from "../../test/helpers/poll.ts";

const path = "/api/chat/v1/conversations?state=accepted";

let admin: postgres.Sql;

beforeAll(() => void (admin = postgres(inject("postgresUrl"), { max: 1, onnotice: () => {} })));
afterAll(() => admin.end());

/** Lets every statement that asks for conversations wait; answers what ends that. */
async function holdConversations(url: string): Promise<() => Promise<void>> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [taken, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = sql.begin(async (tx) => {
    await tx`lock table conversation in access exclusive mode`;
    taken.resolve();
    await released.promise;
  });
  const release = async () => {
    released.resolve();
    await holding;
    await sql.end();
  };
  onTestFinished(release);
  await taken.promise;
  return release;
}

test.each([
  ["waits too long for the database", "pg_cancel_backend"],
  ["loses its connection to the database", "pg_terminate_backend"],
])("a request that %s is asked to come again, and is served then", async (_how, end) => {
  const { person, request, databaseUrl } = await startApp();
  const { token } = await person("ann");
  const release = await holdConversations(databaseUrl);
  const asked = request(path, { token });
  await poll("the request waits", async () => {
    const ended = await admin.unsafe(
      `select ${end}(pid) from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`,
      [new URL(databaseUrl).pathname.slice(1)],
    );
    return ended.length > 0;
  });
  const { status, headers, json } = await asked;
  expect([status, (json as ApiError).error]).toEqual([503, "overloaded"]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  await release();
  expect((await request(path, { token })).status).toBe(200);
});
