import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { hideMessage } from "./messages/change.ts";
import { listMessages } from "./read.ts";

const DAY_MS = 24 * 3600 * 1000;

test("a date opens the page around the first message that came at or after it", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const start = ctx.now().getTime();
  const days = [0, 0, 1, 3, 3, 3, 10];
  for (const [index, day] of days.entries()) {
    world.pass(start + day * DAY_MS - ctx.now().getTime());
    await world.say(ann, conversationId, `${index}`);
  }
  const page = async (after: number, limit = 2) => {
    const at = { date: new Date(start + after) };
    const { messages, ...more } = await listMessages(ctx, { personId: bo.id, conversationId, at, limit });
    return { texts: messages.map(({ text }) => text).join(""), ...more };
  };
  expect(await page(-DAY_MS)).toEqual({ texts: "0", hasBefore: false, hasAfter: true, ...nothingElse });
  expect(await page(0)).toMatchObject({ texts: "0" });
  expect(await page(1)).toMatchObject({ texts: "12", hasBefore: true, hasAfter: true });
  expect(await page(2 * DAY_MS)).toMatchObject({ texts: "23" });
  expect(await page(3 * DAY_MS)).toMatchObject({ texts: "23" });
  expect(await page(3 * DAY_MS + 1)).toMatchObject({ texts: "56" });
  expect(await page(11 * DAY_MS, 4)).toEqual({
    texts: "56",
    hasBefore: true,
    hasAfter: false,
    ...nothingElse,
  });
});

const nothingElse = { deliveries: [], saved: [] };

test("a date in a gap of what one may see opens what is beside it, and an empty conversation is an empty page", async () => {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const jump = async () => {
    const at = { date: ctx.now() };
    const list = await listMessages(ctx, { personId: ann.id, conversationId, at, limit: 4 });
    return list.messages.map(({ text }) => text).join("");
  };
  expect(await jump()).toBe("");
  await world.say(ann, conversationId, "a");
  world.pass(1_000);
  const gone = await world.say(ann, conversationId, "b");
  await world.say(ann, conversationId, "c");
  await hideMessage(ctx, { personId: ann.id, messageId: gone.id });
  expect(await jump()).toBe("ac");
});
