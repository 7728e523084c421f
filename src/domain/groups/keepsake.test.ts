import { expect, test } from "vitest";
import { readChain } from "#domain/chain.ts";
import { editMessage } from "#domain/messages/change.ts";
import { saveMessage } from "#domain/messages/keep.ts";
import { postMessage } from "#domain/messages/post.ts";
import { addReaction } from "#domain/messages/react.ts";
import type { PersonRow } from "#domain/people.ts";
import { listConversations } from "#domain/read.ts";
import { listSaved, readHistory } from "#domain/shelf.ts";
import { newId, type MessageId } from "#lib/ids.ts";
import { groupOf } from "../../../test/helpers/groups.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { forgetGroup, leaveGroup } from "./verbs.ts";

// What whoever went from a group keeps of it, wherever they look.

/** Bo kept ann's message, which had an edit and an answer, and went; then it was edited and answered again. */
async function scene() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await groupOf(world, [ann, bo]);
  const reply = async (author: PersonRow, inReplyTo: MessageId, text: string) => {
    const idempotency = { client: "test", key: newId<"message">() };
    return (await postMessage(ctx, { authorId: author.id, conversationId, text, inReplyTo, idempotency }))
      .message.id;
  };
  const { id: messageId } = await world.say(ann, conversationId, "one");
  await editMessage(ctx, { personId: ann.id, messageId, text: "two" });
  const answer = await reply(bo, messageId, "and");
  await saveMessage(ctx, { personId: bo.id, messageId });
  await leaveGroup(ctx, { personId: bo.id, conversationId });
  world.pass(1_000);
  await editMessage(ctx, { personId: ann.id, messageId, text: "three" });
  await addReaction(ctx, { personId: ann.id, messageId: answer, emoji: "👍" });
  await reply(ann, answer, "after");
  return { ctx, bo, conversationId, messageId, answer };
}

test("the versions of a message end with the one that stood when they went", async () => {
  const { ctx, bo, messageId } = await scene();
  const versions = await readHistory(ctx, { personId: bo.id, messageId });
  expect(versions.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("what they saved says what it said when they went", async () => {
  const { ctx, bo } = await scene();
  const { saved } = await listSaved(ctx, { personId: bo.id, before: null, limit: 10 });
  expect(saved.map(({ message }) => message.text)).toEqual(["two"]);
});

test("a chain of replies ends where they went", async () => {
  const { ctx, bo, messageId, answer } = await scene();
  const { root, messages } = await readChain(ctx, { personId: bo.id, messageId: answer });
  expect(root).toBe(messageId);
  expect(messages.map(({ text, reactions }) => [text, reactions])).toEqual([
    ["two", []],
    ["and", []],
  ]);
});

test("of a group that they forgot nothing is left to them", async () => {
  const { ctx, bo, conversationId, messageId } = await scene();
  const personId = bo.id;
  await forgetGroup(ctx, { personId, conversationId });
  const list = {
    personId,
    archived: null,
    isUnread: false,
    folderId: null,
    name: null,
    before: null,
    limit: 10,
  };
  expect((await listConversations(ctx, { ...list, state: "left" })).views).toEqual([]);
  expect((await listSaved(ctx, { personId, before: null, limit: 10 })).saved).toEqual([]);
  await expect(readHistory(ctx, { personId, messageId })).rejects.toMatchObject({ code: "not_found" });
  await expect(readChain(ctx, { personId, messageId })).rejects.toMatchObject({ code: "not_found" });
});
