import { expect, test } from "vitest";
import { findOwnReactions } from "#db/reactions.ts";
import { answerRequest } from "#domain/conversations.ts";
import { blockPerson, unblockPerson } from "#domain/relations/change.ts";
import { leaseLanes, nextDelivery } from "#domain/lanes.ts";
import { describeActivity } from "#domain/outgoing/describe.ts";
import { listMessages, readConversation, readMessage } from "#domain/read.ts";
import { listPins, listSaved, readHistory } from "#domain/shelf.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import { deleteMessage, editMessage } from "./change.ts";
import { forwardMessage } from "./forward.ts";
import { saveMessage, unsaveMessage } from "./keep.ts";
import { pinMessage, unpinMessage } from "./pin.ts";
import { addReaction, receiveReaction, removeReaction, undoReaction } from "./react.ts";

async function twoFriends(world: World) {
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await answerRequest(world.ctx, { personId: bo.id, conversationId, answer: "accepted" });
  return { ann, bo, conversationId, messageId };
}

test("a reaction is counted once per person and emoji, and taken away again", async () => {
  const world = await createWorld();
  const { ann, bo, messageId } = await twoFriends(world);
  const shown = async () => {
    const { message } = await readMessage(world.ctx, { personId: ann.id, messageId });
    return message.reactions.map(({ emoji, personId }) => [emoji, personId]);
  };
  const before = world.events.length;
  for (const emoji of ["👍", "👍", "❤"]) await addReaction(world.ctx, { personId: bo.id, messageId, emoji });
  world.pass(1);
  await addReaction(world.ctx, { personId: ann.id, messageId, emoji: "👍" });
  // A heart without the variation selector is the same heart.
  expect(new Set((await shown()).map(String))).toEqual(
    new Set([`❤️,${bo.id}`, `👍,${bo.id}`, `👍,${ann.id}`]),
  );
  for (const emoji of ["❤️", "❤"]) await removeReaction(world.ctx, { personId: bo.id, messageId, emoji });
  expect(await shown()).toEqual([
    ["👍", bo.id],
    ["👍", ann.id],
  ]);
  const names = world.events.slice(before).map(({ name }) => name);
  expect(names).toEqual(Array.from({ length: 4 }, () => "message.reacted"));
});

test("what is no emoji, too many of them, and a message that was deleted are refused by name", async () => {
  const world = await createWorld();
  const { ann, bo, messageId } = await twoFriends(world);
  const react = (emoji: string) => addReaction(world.ctx, { personId: bo.id, messageId, emoji });
  for (const emoji of ["", "no", "👍👍", ":nobody:", ":x@b.example:", "<b>", "👍 "])
    await expect(react(emoji)).rejects.toMatchObject({ code: "emoji_unknown", field: "emoji" });
  for (const emoji of "😀😁😂🤣😃😄😅😆😉😊") await react(emoji);
  await expect(react("🙃")).rejects.toMatchObject({ code: "too_many_reactions" });
  await deleteMessage(world.ctx, { personId: ann.id, messageId });
  await expect(react("🙃")).rejects.toMatchObject({ code: "deleted" });
  expect(await findOwnReactions(world.ctx.db, { messageId, personId: bo.id })).toEqual([]);
});

test("nobody but those who take part in a conversation reacts, pins or saves in it", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const { id: messageId } = await world.say(ann, await world.between(ann, bo), "hello");
  const acts = [pinMessage, unpinMessage, addReaction, removeReaction];
  for (const act of acts) {
    const input = { messageId, emoji: "👍" };
    await expect(act(world.ctx, { ...input, personId: eve.id })).rejects.toMatchObject({ code: "not_found" });
    // Whoever was only asked answers first: a reaction would tell that they have read it.
    await expect(act(world.ctx, { ...input, personId: bo.id })).rejects.toMatchObject({
      code: "not_accepted",
    });
  }
  await expect(saveMessage(world.ctx, { messageId, personId: eve.id })).rejects.toThrow("not_found");
});

test("other servers hear of a reaction and of its end, in order after the message", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await addReaction(world.ctx, { personId: ann.id, messageId, emoji: "👍" });
  await removeReaction(world.ctx, { personId: ann.id, messageId, emoji: "👍" });
  // A pin is not for servers that do not know what it is.
  await pinMessage(world.ctx, { personId: ann.id, messageId });
  const rows = await world.connection.sql`select id, type from activity order by created_at, id`;
  expect(rows.map(({ type }) => type)).toEqual(["Create", "Like", "Undo"]);
  const undo = await describeActivity(world.ctx, rows[2]!["id"]);
  expect(undo).toMatchObject({ type: "Undo", undone: { id: rows[1]!["id"], emoji: { text: "👍" } } });
  const [lane] = await leaseLanes(world.ctx, { limit: 1, leaseMs: 1_000 });
  expect(await nextDelivery(world.ctx, lane!)).toMatchObject({ activityId: rows[0]!["id"] });
});

test("a reaction of another server counts once, is undone by its actor alone, and a late repetition revives nothing", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.remote("bo"), await world.remote("eve")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await world.say(bo, conversationId, "yes");
  const uri = "https://b.example/likes/1";
  const like = { uri, digest: "1", personId: bo.id, message: { id: messageId }, emoji: { text: "🎉" } };
  const own = () => findOwnReactions(world.ctx.db, { messageId, personId: bo.id });
  await receiveReaction(world.ctx, like);
  await receiveReaction(world.ctx, like);
  expect(await own()).toHaveLength(1);
  const undo = { uri, personId: bo.id };
  await expect(undoReaction(world.ctx, { ...undo, personId: eve.id })).rejects.toThrow("not_author");
  expect(await undoReaction(world.ctx, undo)).toBe(true);
  await receiveReaction(world.ctx, like);
  expect(await own()).toEqual([]);
  // Hollo gives the next one the same id.
  await receiveReaction(world.ctx, { ...like, digest: "2" });
  expect(await own()).toHaveLength(1);
  const foreign = { ...like, uri: "https://b.example/likes/2", personId: eve.id };
  await expect(receiveReaction(world.ctx, foreign)).rejects.toThrow("not_found");
});

test("a custom emoji of another server is known by its name and its server", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await world.say(bo, conversationId, "yes");
  const emoji = { shortcode: "firefly", url: "https://b.example/firefly.png" };
  const like = { uri: "https://b.example/likes/1", digest: "1", personId: bo.id, message: { id: messageId } };
  await receiveReaction(world.ctx, { ...like, emoji });
  await addReaction(world.ctx, { personId: ann.id, messageId, emoji: ":firefly@b.example:" });
  const { message } = await readMessage(world.ctx, { personId: ann.id, messageId });
  const [one, other] = message.reactions;
  expect([one?.emoji, other?.emoji]).toEqual([":firefly@b.example:", ":firefly@b.example:"]);
  expect(one?.customEmojiId).toBe(other?.customEmojiId);
  const evil = { ...emoji, shortcode: "a b" };
  await expect(receiveReaction(world.ctx, { ...like, uri: `${like.uri}0`, emoji: evil })).rejects.toThrow(
    "emoji_unknown",
  );
});

test("a pin is for everybody, a saved message for oneself alone", async () => {
  const world = await createWorld();
  const { ann, bo, conversationId, messageId } = await twoFriends(world);
  await pinMessage(world.ctx, { personId: bo.id, messageId });
  await pinMessage(world.ctx, { personId: ann.id, messageId });
  const [pinned] = await listPins(world.ctx, { personId: ann.id, conversationId });
  expect(pinned).toMatchObject({ id: messageId, pinnedBy: bo.id });
  await saveMessage(world.ctx, { personId: bo.id, messageId });
  const savedOf = async ({ id }: { id: typeof ann.id }) => {
    const page = await listMessages(world.ctx, { personId: id, conversationId, at: null, limit: 9 });
    const { saved } = await listSaved(world.ctx, { personId: id, before: null, limit: 9 });
    return [page.saved, saved.map(({ message }) => message.id)];
  };
  expect([await savedOf(ann), await savedOf(bo)]).toEqual([
    [[], []],
    [[messageId], [messageId]],
  ]);
  await unsaveMessage(world.ctx, { personId: bo.id, messageId });
  await unpinMessage(world.ctx, { personId: ann.id, messageId });
  expect(await savedOf(bo)).toEqual([[], []]);
  expect(await listPins(world.ctx, { personId: bo.id, conversationId })).toEqual([]);
});

test("a deleted message is pinned no more, kept no more, and has no history", async () => {
  const world = await createWorld();
  const { ann, bo, conversationId, messageId } = await twoFriends(world);
  await editMessage(world.ctx, { personId: ann.id, messageId, text: "hello!" });
  const history = await readHistory(world.ctx, { personId: bo.id, messageId });
  expect(history.map(({ version, text }) => [version, text])).toEqual([
    [1, "hello"],
    [2, "hello!"],
  ]);
  await pinMessage(world.ctx, { personId: bo.id, messageId });
  await saveMessage(world.ctx, { personId: bo.id, messageId });
  await deleteMessage(world.ctx, { personId: ann.id, messageId });
  expect(await listPins(world.ctx, { personId: bo.id, conversationId })).toEqual([]);
  expect((await listSaved(world.ctx, { personId: bo.id, before: null, limit: 9 })).saved).toEqual([]);
  expect(await readHistory(world.ctx, { personId: bo.id, messageId })).toEqual([]);
});

test("what somebody saved is listed by pages, newest first", async () => {
  const world = await createWorld();
  const { ann, conversationId } = await twoFriends(world);
  const ids = [];
  for (const text of ["1", "2", "3"]) {
    world.pass(1_000);
    const { id } = await world.say(ann, conversationId, text);
    await saveMessage(world.ctx, { personId: ann.id, messageId: id });
    ids.unshift(id);
  }
  const first = await listSaved(world.ctx, { personId: ann.id, before: null, limit: 2 });
  const second = await listSaved(world.ctx, { personId: ann.id, before: first.next, limit: 2 });
  expect([...first.saved, ...second.saved].map(({ message }) => message.id)).toEqual(ids);
  expect(second.next).toBeNull();
});

test("who passes words on must see them, and does not tell whose they were", async () => {
  const world = await createWorld();
  const { ann, bo, messageId } = await twoFriends(world);
  const eve = await world.local("eve");
  const conversationId = await world.between(bo, eve);
  const idempotency = { client: "test", key: "1" };
  const { message } = await forwardMessage(world.ctx, {
    authorId: bo.id,
    conversationId,
    messageId,
    idempotency,
  });
  expect(message).toMatchObject({ text: "hello", forwarded: true, authorId: bo.id });
  const stolen = { authorId: eve.id, conversationId, messageId };
  await expect(forwardMessage(world.ctx, stolen)).rejects.toThrow("not_found");
  await deleteMessage(world.ctx, { personId: ann.id, messageId });
  const gone = { authorId: bo.id, conversationId, messageId };
  await expect(forwardMessage(world.ctx, gone)).rejects.toMatchObject({ code: "deleted", field: "forward" });
});

test("a mention names members, and nobody else; an edit names anew", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  await world.local("cy");
  const conversationId = await world.between(ann, bo);
  const said = await world.say(ann, conversationId, "@bo and @cy, `@ann`: look, @Bo@b.example, @ann");
  expect(said.mentions).toEqual([bo.id]);
  const edit = { personId: ann.id, messageId: said.id, text: "bo@b.example, @bo@c.example" };
  expect((await editMessage(world.ctx, edit)).mentions).toEqual([]);
  // A server names its own people without their host.
  expect((await world.say(bo, conversationId, "hello @ann@a.example, @bo")).mentions).toEqual([ann.id]);
});

test("who is blocked silently sees their own reactions and pins, and nobody else does, then or later", async () => {
  const world = await createWorld();
  const { ann, bo, conversationId, messageId } = await twoFriends(world);
  const pair = { personId: ann.id, otherId: bo.id };
  await blockPerson(world.ctx, { ...pair, kind: "silent" });
  await addReaction(world.ctx, { personId: bo.id, messageId, emoji: "👍" });
  await pinMessage(world.ctx, { personId: bo.id, messageId });
  const seen = async ({ id: personId }: typeof ann) => {
    const { message } = await readMessage(world.ctx, { personId, messageId });
    const pins = await listPins(world.ctx, { personId, conversationId });
    const { last } = await readConversation(world.ctx, { personId, conversationId });
    return [message.reactions.length, message.pinnedBy, last?.pinnedBy, pins.length];
  };
  expect(await seen(bo)).toEqual([1, bo.id, bo.id, 1]);
  expect(await seen(ann)).toEqual([0, null, null, 0]);
  await expect(addReaction(world.ctx, { personId: ann.id, messageId, emoji: "👍" })).rejects.toMatchObject({
    code: "you_blocked",
  });
  await unblockPerson(world.ctx, pair);
  expect(await seen(ann)).toEqual([0, null, null, 0]);
});
