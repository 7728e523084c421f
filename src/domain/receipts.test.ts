import { expect, test } from "vitest";
import { findMember } from "#db/conversations.ts";
import type { ConversationId } from "#lib/ids.ts";
import { arrival } from "../../test/helpers/arrival.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { answerRequest } from "./conversations.ts";
import { changeMembership, markRead } from "./membership.ts";
import type { PersonRow } from "./people.ts";
import { changePreferences } from "./preferences.ts";
import { Refusal } from "#lib/refusal.ts";
import { leaseLanes, nextDelivery, giveUpStale } from "./lanes.ts";
import { settleDelivery } from "./settle.ts";
import { describeActivity } from "./outgoing/describe.ts";
import { loadReceipt, receiveRead } from "./receipts.ts";
import { receiveMessage } from "./receive.ts";

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
  const fact = { name: "receipt.changed", conversationId, revision: 4, personId: bo.id, to, leaves: false };
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
      : changeMembership(world.ctx, { personId, conversationId, change: { sharing: { receipts } } });
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
  await changeMembership(world.ctx, { personId, conversationId, change: { sharing: { receipts: true } } });
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

/** Ann, and bo of a server of our own kind (or not), who writes to her. */
async function createSceneAbroad({ ofOurKind = true } = {}) {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const { sql } = world.connection;
  if (ofOurKind) await sql`update person set signals = 'https://b.example/signals' where id = ${bo.id}`;
  const conversationId = await world.between(ann, bo);
  const hear = async (): Promise<string> => {
    const local = { inReplyToId: null, conversationIds: [conversationId] };
    const message = arrival(bo, [ann], { local });
    await receiveMessage(world.ctx, message);
    return message.uri;
  };
  const read = (position: number) => markRead(world.ctx, { personId: ann.id, conversationId, position });
  const waiting = async () =>
    (
      await sql`
      select m.uri from delivery d join activity a on a.id = d.activity_id join message m on m.id = a.message_id
      where a.type = 'Read' and d.state = 'waiting' order by d.id`
    ).map((row) => row["uri"] as string);
  return { world, ann, bo, conversationId, hear, read, waiting };
}

test("a server of our own kind is told how far its people's messages were read; what still waits is replaced", async () => {
  const { world, conversationId, hear, read, waiting } = await createSceneAbroad();
  const [first, second] = [await hear(), await hear()];
  await read(1);
  expect(await waiting()).toEqual([first]);
  await read(2);
  expect(await waiting()).toEqual([second]);
  const [lane] = await leaseLanes(world.ctx, { limit: 1, leaseMs: 1_000 });
  const { activityId } = (await nextDelivery(world.ctx, lane!))!;
  const told = { type: "Read", message: { uri: second }, conversation: { id: conversationId } };
  expect(await describeActivity(world.ctx, activityId)).toMatchObject(told);
  expect(world.events.filter((event) => event.name === "receipt.changed" && event.leaves)).toHaveLength(2);
});

test("whoever writes tells by it how far they have read; what they say does not wait for it", async () => {
  const { world, ann, conversationId, hear } = await createSceneAbroad();
  await hear();
  const { id } = await world.say(ann, conversationId, "hello");
  const [lane] = await leaseLanes(world.ctx, { limit: 1, leaseMs: 1_000 });
  const order = [];
  for (let next; (next = await nextDelivery(world.ctx, lane!)) !== null;) {
    order.push(await describeActivity(world.ctx, next.activityId));
    await settleDelivery(world.ctx, { lane: lane!, deliveryId: next.id, outcome: { state: "accepted" } });
  }
  expect(order).toMatchObject([{ type: "Create", message: { id } }, { type: "Read" }]);
});

test("other software is told nothing of what is read, nor is anybody by whom who does not share it", async () => {
  const other = await createSceneAbroad({ ofOurKind: false });
  await other.hear();
  await other.read(1);
  expect(await other.waiting()).toEqual([]);
  const { world, ann, hear, read, waiting } = await createSceneAbroad();
  await changePreferences(world.ctx, { personId: ann.id, change: { receipts: false } });
  await hear();
  await read(1);
  expect(await waiting()).toEqual([]);
});

test("what was read a day ago is told no more", async () => {
  const { world, hear, read, waiting } = await createSceneAbroad();
  await hear();
  await read(1);
  world.pass(23 * 3600_000);
  await giveUpStale(world.ctx);
  expect(await waiting()).toHaveLength(1);
  world.pass(2 * 3600_000);
  await giveUpStale(world.ctx);
  expect(await waiting()).toEqual([]);
});

test("a member elsewhere who has read is shown so; a mark never falls, and a stranger has none", async () => {
  const { world, ann, bo, conversationId } = await createSceneAbroad();
  const eve = await world.remote("eve");
  const [first, second] = [
    await world.say(ann, conversationId, "one"),
    await world.say(ann, conversationId, "two"),
  ];
  await receiveRead(world.ctx, { personId: bo.id, message: { id: second.id } });
  await receiveRead(world.ctx, { personId: bo.id, message: { id: first.id } });
  await receiveRead(world.ctx, { personId: bo.id, message: { id: second.id } });
  expect(receipts(world)).toHaveLength(1);
  expect(await shownMark(world, bo, conversationId)).toBe(2);
  for (const message of [{ id: first.id }, { uri: "https://b.example/nothing" }]) {
    const personId = "id" in message ? eve.id : bo.id;
    await expect(receiveRead(world.ctx, { personId, message })).rejects.toThrow(new Refusal("not_found"));
  }
});
