import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { answerRequest } from "./conversations.ts";
import { changeMembership } from "./membership.ts";
import { changePreferences } from "./preferences.ts";
import { loadCircle } from "./presence.ts";
import { blockPerson } from "./relations/change.ts";
import { receivePresence, receiveTyping, signalTyping } from "./signals.ts";

const DAY = 24 * 3600_000;

/** Ann and bo, who have accepted each other, and eve, whom nobody knows. */
async function createScene() {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello");
  await answerRequest(world.ctx, { personId: bo.id, conversationId, answer: "accepted" });
  const type = (personId: typeof ann.id) => signalTyping(world.ctx, { personId, conversationId });
  const visible = async () => (await loadCircle(world.ctx, ann.id)).map((neighbour) => neighbour.visible);
  return { world, ann, bo, eve, conversationId, type, visible };
}

test("who writes is told to the others of the conversation, and to nobody by a stranger", async () => {
  const { world, ann, bo, eve, conversationId, type } = await createScene();
  await type(ann.id);
  await type(eve.id);
  const told = { signal: "typing", personId: ann.id, conversationId, to: [bo.id], abroad: [] };
  expect(world.signals).toEqual([told]);
});

test("nobody learns that somebody writes, or is there, before they have accepted", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello");
  for (const { id: personId } of [ann, bo]) await signalTyping(world.ctx, { personId, conversationId });
  expect(world.signals).toEqual([]);
  expect(await loadCircle(world.ctx, ann.id)).toEqual([]);
});

test.each(["ann", "bo"] as const)("typing passes neither way once %s opts out", async (who) => {
  const scene = await createScene();
  const { world, ann, bo, type } = scene;
  await changePreferences(world.ctx, { personId: scene[who].id, change: { typing: false } });
  await type(ann.id);
  await type(bo.id);
  expect(world.signals).toEqual([]);
});

test.each(["ann", "bo"] as const)(
  "nobody sees who is there once %s opts out for the conversation",
  async (who) => {
    const scene = await createScene();
    const { world, conversationId, visible } = scene;
    expect(await visible()).toEqual([true]);
    const sharing = { presence: false };
    await changeMembership(world.ctx, { personId: scene[who].id, conversationId, change: { sharing } });
    expect(await visible()).toEqual([false]);
  },
);

test.each(["ann", "bo"] as const)("nothing passes either way once %s blocks the other", async (who) => {
  const scene = await createScene();
  const { world, ann, bo, type, visible } = scene;
  const [personId, otherId] = who === "ann" ? [ann.id, bo.id] : [bo.id, ann.id];
  await blockPerson(world.ctx, { personId, otherId, kind: "silent" });
  await type(ann.id);
  await type(bo.id);
  expect(world.signals).toEqual([]);
  expect(await visible()).toEqual([false]);
});

test("whoever has said nothing for thirty days is not shown any more", async () => {
  const { world, ann, visible } = await createScene();
  world.pass(29 * DAY);
  expect(await visible()).toEqual([true]);
  world.pass(2 * DAY);
  expect(await loadCircle(world.ctx, ann.id)).toEqual([]);
});

test("another server's person is heard by those who stand beside them, and by nobody else", async () => {
  const { world, ann, eve } = await createScene();
  const cy = await world.remote("cy");
  const conversationId = await world.between(ann, cy);
  const told = { personId: cy.id, to: [ann.id, eve.id] };
  const about = { state: "online" as const, status: null };
  await receivePresence(world.ctx, { ...told, about });
  await receiveTyping(world.ctx, { ...told, conversationIds: [conversationId], aliases: [] });
  expect(world.signals).toEqual([
    { signal: "heard", personId: cy.id, to: [ann.id], about },
    { signal: "typing", personId: cy.id, conversationId, to: [ann.id], abroad: [] },
  ]);
  await expect(receivePresence(world.ctx, { ...told, to: [eve.id], about })).rejects.toThrow(Refusal);
});

test("somebody of another server writes in no conversation of others", async () => {
  const { world, ann, bo, conversationId } = await createScene();
  const cy = await world.remote("cy");
  await world.between(ann, cy);
  const told = { personId: cy.id, to: [ann.id, bo.id], conversationIds: [conversationId], aliases: [] };
  await expect(receiveTyping(world.ctx, told)).rejects.toThrow(new Refusal("not_found"));
  expect(world.signals).toEqual([]);
});
