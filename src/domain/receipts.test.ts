import { expect, test } from "vitest";
import { findMember } from "#db/conversations.ts";
import type { ConversationId } from "#lib/ids.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { answerRequest, chooseSharing, markRead } from "./conversations.ts";
import type { PersonRow } from "./people.ts";
import { changePreferences } from "./preferences.ts";
import { loadReceipt } from "./receipts.ts";

async function createScene() {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: personId } = bo;
  await world.say(ann, conversationId, "one");
  await answerRequest(world.ctx, { personId, conversationId, answer: "accepted" });
  await world.say(ann, conversationId, "two");
  const read = (position: number) => markRead(world.ctx, { personId, conversationId, position });
  return { world, ann, bo, conversationId, read };
}

async function shownMark(world: World, person: PersonRow, conversationId: ConversationId) {
  return (await findMember(world.ctx.db, conversationId, person.id))?.shownPosition;
}

function receipts({ events }: World) {
  return events.filter(({ name }) => name === "receipt.changed");
}

test("whoever reads shows it to the others, under the conversation's next number", async () => {
  const { world, ann, bo, conversationId, read } = await createScene();
  await read(2);
  const to = [ann.id, bo.id];
  const fact = { name: "receipt.changed", conversationId, revision: 4, personId: bo.id, to };
  expect(receipts(world)).toEqual([fact]);
  const shown = { position: 2, viewerIds: [ann.id] };
  expect(await loadReceipt(world.ctx, { conversationId, personId: bo.id })).toEqual(shown);
});

test("a mark that falls, or rises past nothing of somebody else's, is no news", async () => {
  const { world, bo, conversationId, read } = await createScene();
  await read(2);
  await read(1);
  await world.say(bo, conversationId, "mine");
  await read(3);
  expect(receipts(world)).toHaveLength(1);
  expect(await shownMark(world, bo, conversationId)).toBe(2);
});

test("whoever writes shows that they have read what stands above, and by writing accepts", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "one");
  await world.say(bo, conversationId, "two");
  expect(await shownMark(world, bo, conversationId)).toBe(2);
});

test("nobody learns what somebody reads before they have accepted, or after they have declined", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const [conversationId, personId] = [await world.between(ann, bo), bo.id];
  await world.say(ann, conversationId, "one");
  await markRead(world.ctx, { personId, conversationId, position: 1 });
  await answerRequest(world.ctx, { personId, conversationId, answer: "declined" });
  await markRead(world.ctx, { personId, conversationId, position: 1 });
  expect(receipts(world)).toEqual([]);
  expect(await shownMark(world, bo, conversationId)).toBe(0);
});

test.each([
  ["the preference", true],
  ["the conversation's own choice", false],
])("who shares no receipts by %s shows none, and is shown none", async (_title, byPreference) => {
  const { world, ann, bo, conversationId, read } = await createScene();
  const choose = (personId: typeof bo.id, receipts: boolean) =>
    byPreference
      ? changePreferences(world.ctx, { personId, change: { receipts } })
      : chooseSharing(world.ctx, { personId, conversationId, sharing: { receipts } });
  await choose(bo.id, false);
  await read(2);
  expect(receipts(world)).toEqual([]);
  await choose(bo.id, true);
  await choose(ann.id, false);
  await read(2);
  expect(await loadReceipt(world.ctx, { conversationId, personId: bo.id })).toEqual({
    position: 2,
    viewerIds: [],
  });
});

test("a conversation's own choice goes before the preference", async () => {
  const { world, bo, conversationId, read } = await createScene();
  const personId = bo.id;
  await changePreferences(world.ctx, { personId, change: { receipts: false } });
  await chooseSharing(world.ctx, { personId, conversationId, sharing: { receipts: true } });
  await read(2);
  expect(receipts(world)).toHaveLength(1);
});

test.each([
  ["the reader blocks", true],
  ["blocks the reader", false],
])("between two of whom one %s the other, marks stay where they were", async (_title, mine) => {
  const { world, ann, bo, conversationId, read } = await createScene();
  await read(1);
  const [personId, otherId] = mine ? [bo.id, ann.id] : [ann.id, bo.id];
  const { sql } = world.connection;
  await sql`insert into relation (person_id, other_id, block) values (${personId}, ${otherId}, 'silent')`;
  await read(2);
  expect(receipts(world)).toHaveLength(1);
  expect(await shownMark(world, bo, conversationId)).toBe(1);
});
