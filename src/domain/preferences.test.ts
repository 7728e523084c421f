import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { changePreferences, readPreferences, STATUS_GRAPHEMES } from "./preferences.ts";

test("only what is named changes, and the person's own sessions hear of it once", async () => {
  const world = await createWorld();
  const { id: personId } = await world.local("ann");
  const status = { text: "away", until: new Date(Date.UTC(2026, 0, 2)) };
  await changePreferences(world.ctx, { personId, change: { typing: false } });
  await changePreferences(world.ctx, { personId, change: { status } });
  await changePreferences(world.ctx, { personId, change: { typing: false, status: { ...status } } });
  const chosen = { receipts: true, typing: false, presence: true, invisible: false, status };
  expect(await readPreferences(world.ctx, personId)).toEqual(chosen);
  expect(world.events).toEqual([
    { name: "preferences.changed", personId, number: 1 },
    { name: "preferences.changed", personId, number: 2 },
  ]);
});

test("a status is as long as people count, and can be taken away", async () => {
  const world = await createWorld();
  const { id: personId } = await world.local("ann");
  const set = (text: string) =>
    changePreferences(world.ctx, { personId, change: { status: { text, until: null } } });
  await set("👩‍👩‍👧".repeat(STATUS_GRAPHEMES));
  await expect(set("a".repeat(STATUS_GRAPHEMES + 1))).rejects.toThrow(
    new Refusal("too_long", { field: "status.text" }),
  );
  await changePreferences(world.ctx, { personId, change: { status: null } });
  expect((await readPreferences(world.ctx, personId)).status).toBeNull();
});
