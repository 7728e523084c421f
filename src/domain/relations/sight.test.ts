import { expect, test } from "vitest";
import { arrival } from "../../../test/helpers/arrival.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { leaseLanes, nextDelivery } from "../lanes.ts";
import { deleteMessage, editMessage, hideMessage } from "../messages/change.ts";
import { postMessage } from "../messages/post.ts";
import type { PersonRow } from "../people.ts";
import { listConversations, listMessages, readChanges, readConversation, readMessage } from "../read.ts";
import { receiveMessage } from "../receive.ts";
import { startConversation } from "../conversations.ts";
import { blockPerson, unblockPerson } from "./change.ts";

/** Ann and bo in a conversation of two that both accepted; `block` is ann's of bo. */
async function talk() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello bo");
  await world.say(bo, conversationId, "hello ann");
  const pair = { personId: ann.id, otherId: bo.id };
  const texts = async ({ id: personId }: PersonRow) => {
    const list = await listMessages(ctx, { personId, conversationId, at: null, limit: 100 });
    return list.messages.map(({ text }) => text);
  };
  const view = ({ id: personId }: PersonRow) => readConversation(ctx, { personId, conversationId });
  return { world, ctx, ann, bo, conversationId, pair, texts, view };
}

test("what a blocked person says looks to them as ever, and is seen by nobody else, also after the block", async () => {
  const { world, ctx, ann, bo, conversationId, pair, texts, view } = await talk();
  const before = await view(ann);
  world.pass(1_000);
  await blockPerson(ctx, { ...pair, kind: "silent" });
  const said = await world.say(bo, conversationId, "are you there?");
  expect(await texts(bo)).toEqual(["hello bo", "hello ann", "are you there?"]);
  expect(await view(bo)).toMatchObject({ lastId: said.id, lastPosition: 3, activityAt: said.receivedAt });
  const edited = await editMessage(ctx, { personId: bo.id, messageId: said.id, text: "there?" });
  expect((await readMessage(ctx, { personId: bo.id, messageId: said.id })).message).toMatchObject(edited);
  for (const lift of [false, true]) {
    if (lift) await unblockPerson(ctx, pair);
    expect(await texts(ann)).toEqual(["hello bo", "hello ann"]);
    const { unread, lastId, lastPosition, activityAt } = await view(ann);
    expect({ unread, lastId, lastPosition, activityAt }).toEqual({
      unread: before.unread,
      lastId: before.lastId,
      lastPosition: before.lastPosition,
      activityAt: before.activityAt,
    });
    const changes = await readChanges(ctx, { personId: ann.id, conversationId, after: 0, limit: 100 });
    expect(changes.messages.map(({ text }) => text)).toEqual(["hello bo", "hello ann"]);
    const kept = { personId: ann.id, messageId: said.id };
    for (const attempt of [readMessage, hideMessage, deleteMessage])
      await expect(attempt(ctx, kept)).rejects.toMatchObject({ code: "not_found" });
  }
  const answer = { conversationId, authorId: ann.id, text: "?", inReplyTo: said.id };
  await expect(postMessage(ctx, answer)).rejects.toMatchObject({ code: "reply_elsewhere" });
  await world.say(bo, conversationId, "again");
  expect(await texts(ann)).toEqual(["hello bo", "hello ann", "again"]);
});

test("a conversation stands in the list by what its viewer may see", async () => {
  const { world, ctx, ann, bo, conversationId, pair } = await talk();
  world.pass(1_000);
  const second = await world.between(ann, await world.local("cy"));
  await world.say(ann, second, "hello cy");
  world.pass(1_000);
  await blockPerson(ctx, { ...pair, kind: "open" });
  await world.say(bo, conversationId, "hey");
  const list = async ({ id: personId }: PersonRow, limit: number) => {
    const found = [];
    let before = null;
    do {
      const page = await listConversations(ctx, { personId, state: "accepted", before, limit });
      found.push(...page.views.map(({ conversation }) => conversation.id));
      before = page.next;
    } while (before !== null);
    return found;
  };
  for (const limit of [1, 10]) expect(await list(ann, limit)).toEqual([second, conversationId]);
});

test("whoever blocks somebody cannot write to them alone, and is told so", async () => {
  const { world, ctx, ann, bo, conversationId, pair } = await talk();
  const mine = await world.say(ann, conversationId, "to be edited");
  for (const kind of ["open", "silent"] as const) {
    await blockPerson(ctx, { ...pair, kind });
    await expect(world.say(ann, conversationId, "hello?")).rejects.toMatchObject({ code: "you_blocked" });
    const edit = editMessage(ctx, { personId: ann.id, messageId: mine.id, text: "edited" });
    await expect(edit).rejects.toMatchObject({ code: "you_blocked" });
  }
  // Taking back what was said is never refused.
  await deleteMessage(ctx, { personId: ann.id, messageId: mine.id });
  expect((await readMessage(ctx, { personId: bo.id, messageId: mine.id })).message.deletedAt).not.toBeNull();
});

test("an edit by a blocked person takes the older message out of the blocker's sight", async () => {
  const { world, ctx, ann, bo, conversationId, pair, texts } = await talk();
  const older = await world.say(bo, conversationId, "older");
  await blockPerson(ctx, { ...pair, kind: "silent" });
  await editMessage(ctx, { personId: bo.id, messageId: older.id, text: "insult" });
  expect(await texts(bo)).toEqual(["hello bo", "hello ann", "insult"]);
  expect(await texts(ann)).toEqual(["hello bo", "hello ann"]);
  await unblockPerson(ctx, pair);
  expect(await texts(ann)).toEqual(["hello bo", "hello ann"]);
});

test("a conversation that a blocked person begins looks begun to them, and is nowhere for the other", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const cy = await world.local("cy");
  const theirs = await world.between(cy, ann);
  await world.say(cy, theirs, "hello");
  await blockPerson(ctx, { personId: ann.id, otherId: cy.id, kind: "silent" });
  await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "silent" });
  expect(await startConversation(ctx, { personId: ann.id, withId: bo.id })).toMatchObject({
    id: conversationId,
  });
  await world.say(ann, conversationId, "hello");
  await world.say(cy, theirs, "hello?");
  for (const personId of [ann.id, bo.id]) {
    const { views } = await listConversations(ctx, { personId, state: "request", before: null, limit: 10 });
    expect(views).toEqual([]);
  }
});

test("what a blocked person of another server says is dropped, unless somebody else here may see it", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, cy, eve] = [await world.local("ann"), await world.local("cy"), await world.remote("eve")];
  await receiveMessage(ctx, arrival(eve, [ann, cy], { text: "1" }));
  const pair = { personId: ann.id, otherId: eve.id };
  await blockPerson(ctx, { ...pair, kind: "silent" });
  await receiveMessage(ctx, arrival(eve, [ann, cy], { text: "2" }));
  const seen = async ({ id: personId }: PersonRow) => {
    const { views } = await listConversations(ctx, { personId, state: "request", before: null, limit: 10 });
    return views.map(({ last, lastPosition, unread }) => [last?.text, lastPosition, unread]);
  };
  expect(await seen(ann)).toEqual([["1", 1, 1]]);
  expect(await seen(cy)).toEqual([["2", 2, 2]]);
  await expect(receiveMessage(ctx, arrival(eve, [ann], { text: "3" }))).rejects.toMatchObject({
    code: "blocked",
  });
  await blockPerson(ctx, { personId: cy.id, otherId: eve.id, kind: "silent" });
  await expect(receiveMessage(ctx, arrival(eve, [ann, cy], { text: "4" }))).rejects.toMatchObject({
    code: "blocked",
  });
});

test("a conversation that a blocked person of another server begins with several is not shown to the blocker", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, cy, eve] = [await world.local("ann"), await world.local("cy"), await world.remote("eve")];
  await receiveMessage(ctx, arrival(eve, [ann], { text: "1" }));
  await blockPerson(ctx, { personId: ann.id, otherId: eve.id, kind: "silent" });
  await receiveMessage(ctx, arrival(eve, [ann, cy], { text: "2" }));
  const requests = async ({ id: personId }: PersonRow) =>
    (await listConversations(ctx, { personId, state: "request", before: null, limit: 10 })).views.length;
  expect([await requests(ann), await requests(cy)]).toEqual([0, 1]);
});

test("to somebody of another server who blocks the author nothing is sent, and the author sees why", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  await blockPerson(ctx, { personId: bo.id, otherId: ann.id, kind: "open" });
  const { deliveries, message } = await postMessage(ctx, { authorId: ann.id, conversationId, text: "hello" });
  expect(deliveries).toMatchObject([{ recipientId: bo.id, state: "refused", reason: "blocked" }]);
  await unblockPerson(ctx, { personId: bo.id, otherId: ann.id });
  await editMessage(ctx, { personId: ann.id, messageId: message.id, text: "hello!" });
  await deleteMessage(ctx, { personId: ann.id, messageId: message.id });
  for (const lane of await leaseLanes(ctx, { limit: 10, leaseMs: 60_000 }))
    expect(await nextDelivery(ctx, lane)).toBeNull();
});
