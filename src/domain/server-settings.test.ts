import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { createAccount } from "./accounts.ts";
import { changeServerSettings, readServerSettings } from "./server-settings.ts";

const password = "firefly-night";

test("what the environment says holds until somebody decides otherwise, and every node hears of that", async () => {
  const world = await createWorld();
  const { ctx } = world;
  expect(await readServerSettings(ctx)).toEqual({ registration: "open" });
  await changeServerSettings(ctx, { by: null, change: { registration: "invite" } });
  expect(await readServerSettings(ctx)).toEqual({ registration: "invite" });
  expect(world.events).toEqual([{ name: "terms.changed" }]);
  await changeServerSettings(ctx, { by: null, change: { registration: "invite" } });
  expect(world.events).toHaveLength(1);
});

test("a setting is changed by who may, and what it was before is noted", async () => {
  const { ctx, connection } = await createWorld();
  const ann = await createAccount(ctx, { handle: "ann", password, role: "admin" });
  const bo = await createAccount(ctx, { handle: "bo", password, role: "moderator" });
  const change = { registration: "closed" } as const;
  await expect(changeServerSettings(ctx, { by: bo.id, change })).rejects.toThrow("not_permitted");
  await changeServerSettings(ctx, { by: ann.id, change, address: "192.0.2.1" });
  const rows = await connection.sql`
    select actor_id, details::text, address from audit_entry where action = 'setting.changed'`;
  expect([...rows]).toEqual([
    {
      actor_id: ann.id,
      details: expect.toSatisfy((text: string) => {
        return isDeepStrictEqual(JSON.parse(text), { name: "registration", before: "open", value: "closed" });
      }),
      address: "192.0.2.1",
    },
  ]);
});
