import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { audit } from "./audit.ts";
import { listAudit } from "./audit-list.ts";
import { forgetExpired } from "./housekeeping.ts";
import { transact } from "./transact.ts";

const DAY_MS = 24 * 3600 * 1000;

test("after a week an address is cut to its network, after a year the entry is gone", async () => {
  const world = await createWorld();
  const { ctx, connection } = world;
  const addresses = ["192.0.2.77", "2001:db8:1:2::3", undefined];
  for (const address of addresses) {
    await transact(ctx, (tx) =>
      audit(ctx, tx, { action: "server.forgotten", actorId: null, details: { host: "b.example" }, address }),
    );
  }
  const page = { by: null, of: null, action: null, after: null, limit: 9 };
  const read = async () => (await listAudit(ctx, page)).map(({ address }) => address);
  await forgetExpired(ctx);
  expect(await read()).toEqual([null, "2001:db8:1:2::3", "192.0.2.77"]);
  world.pass(7 * DAY_MS + 1);
  for (let night = 0; night < 2; night += 1) await forgetExpired(ctx);
  expect(await read()).toEqual([null, "2001:db8:1::/48", "192.0.2.0/24"]);
  // The database lets go of an entry by its own clock.
  await connection.sql`alter table audit_entry disable trigger all`;
  await connection.sql`update audit_entry set at = now() - interval '500 days' where address like '192%'`;
  await connection.sql`alter table audit_entry enable trigger all`;
  world.pass(400 * DAY_MS);
  await forgetExpired(ctx);
  expect(await read()).not.toContain("192.0.2.0/24");
});
