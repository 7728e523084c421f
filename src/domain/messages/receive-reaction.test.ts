import { expect, test } from "vitest";
import { findOwnReactions } from "#db/reactions.ts";
import { forgetExpired } from "#domain/housekeeping.ts";
import { readMessage } from "#domain/read.ts";
import { newId } from "#lib/ids.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { addReaction, receiveReaction, removeReaction, undoReaction, type ReceiveReaction } from "./react.ts";

/** Ann, bo of another server, and a message of hers to which he reacts. */
async function openScene() {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const { id: messageId } = await world.say(ann, conversationId, "hello");
  await world.say(bo, conversationId, "yes");
  const uri = "https://b.example/likes/1";
  const like = { uri, digest: "1", personId: bo.id, message: { id: messageId }, emoji: { text: "🎉" } };
  const react = (other: Partial<ReceiveReaction> = {}) =>
    receiveReaction(world.ctx, { ...like, digest: newId(), ...other });
  const undo = () => undoReaction(world.ctx, { uri, personId: bo.id });
  const own = async () =>
    (await findOwnReactions(world.ctx.db, { messageId, personId: bo.id })).map(({ emoji }) => emoji);
  return { world, ann, bo, messageId, react, undo, own };
}

test("an id that stands for one emoji of somebody stands for no other", async () => {
  const { react, own } = await openScene();
  await react();
  await expect(react({ emoji: { text: "👍" } })).rejects.toMatchObject({ code: "id_conflict" });
  expect(await own()).toEqual(["🎉"]);
});

test("an emoji that is known under one id counts no second time under another", async () => {
  const { react, undo, own } = await openScene();
  await react();
  await react({ uri: "https://b.example/likes/2" });
  await undo();
  expect(await own()).toEqual([]);
});

test("nobody gives another server's emoji another picture", async () => {
  const { world, ann, messageId, react } = await openScene();
  const eve = await world.remote("eve", "e.example");
  const firefly = { shortcode: "firefly", url: "https://b.example/firefly.png" };
  await react({ emoji: firefly });
  const theirs = await world.between(ann, eve);
  const { id } = await world.say(ann, theirs, "hello eve");
  await world.say(eve, theirs, "hello ann");
  await react({
    uri: "https://e.example/likes/1",
    personId: eve.id,
    message: { id },
    emoji: { ...firefly, url: "https://b.example/uploads/worm.png" },
  });
  const pictures = await world.connection.sql`select host, shortcode, url from custom_emoji order by host`;
  expect(pictures.map(({ host, url }) => [host, url])).toEqual([
    ["b.example", firefly.url],
    ["e.example", "https://b.example/uploads/worm.png"],
  ]);
  await addReaction(world.ctx, { personId: ann.id, messageId, emoji: ":firefly@b.example:" });
  const { message } = await readMessage(world.ctx, { personId: ann.id, messageId });
  expect(new Set(message.reactions.map(({ customEmojiId }) => customEmojiId)).size).toBe(1);
});

test("another server's emoji that stands under nothing any more is forgotten, its picture too", async () => {
  const { world, ann, messageId, react, undo } = await openScene();
  const known = async () => (await world.connection.sql`select shortcode from custom_emoji`).length;
  await react({ emoji: { shortcode: "firefly", url: "https://b.example/firefly.png" } });
  await addReaction(world.ctx, { personId: ann.id, messageId, emoji: ":firefly@b.example:" });
  await undo();
  world.pass(31 * 24 * 3600 * 1000);
  await forgetExpired(world.ctx);
  expect(await known()).toBe(1);
  await removeReaction(world.ctx, { personId: ann.id, messageId, emoji: ":firefly@b.example:" });
  await forgetExpired(world.ctx);
  expect(await known()).toBe(0);
});
