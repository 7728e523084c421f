import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { deleteOldTombstones } from "./housekeeping.ts";

test("what is old goes, however much it is, and what is new stays", async () => {
  const { ctx, connection } = await createWorld();
  const { sql } = connection;
  const now = ctx.now().toISOString();
  await sql`
    insert into tombstone (uri, actor_uri, at)
    select 'https://b.example/' || n, 'https://b.example/u/bo', ${now}::timestamptz - (5000 - n) * interval '1 second'
    from generate_series(1, 5000) n`;
  await deleteOldTombstones(ctx.db, ctx.now());
  expect(await sql`select uri from tombstone`).toEqual([{ uri: "https://b.example/5000" }]);
});
