import fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "#db/connect.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { createWorld, type World } from "../../../test/helpers/world.ts";
import type { PersonRow } from "../people.ts";
import { readChanges } from "../read.ts";
import { deleteMessage, editMessage, hideMessage } from "./change.ts";
import { postMessage } from "./post.ts";

test("concurrent writers on two connections leave no gap and no repetition in a conversation's numbers", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const other = connect(world.url);
  try {
    const nodes = [world.ctx, { ...world.ctx, db: other.db }];
    const writers = [ann, bo, ann, bo, ann, bo, ann, bo].map(async (author, index) => {
      const ctx = nodes[index % 2]!;
      for (let i = 0; i < 15; i += 1) {
        const text = `${index} ${i}`;
        const { message } = await postMessage(ctx, { authorId: author.id, conversationId, text });
        const own = { personId: author.id, messageId: message.id };
        if (i % 3 === 0) await editMessage(ctx, { ...own, text: `${text}!` });
        if (i % 5 === 0) await deleteMessage(ctx, own);
      }
    });
    await Promise.all(writers);
  } finally {
    await other.close();
  }
  const changes = world.events.filter((event) => "revision" in event);
  const revisions = changes.map(({ revision }) => revision).toSorted((a, b) => a - b);
  // Whoever writes shows that they have read what the other wrote.
  const receipts = changes.filter(({ name }) => name === "receipt.changed").length;
  const total = 1 + 8 * (15 + 5 + 3) + receipts;
  expect(revisions).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  const { messages, through } = await everything(world, { viewer: ann, conversationId, after: 0, limit: 7 });
  expect(through).toBe(total);
  expect(messages.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 8 * 15 }, (_, index) => index + 1),
  );
});

test("changes after any N, in pages of any size, show what the viewer may see once, and cover the rest", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const posted: MessageId[] = [];
  const hidden = new Set<MessageId>();
  for (let i = 0; i < 40; i += 1)
    posted.push((await world.say(i % 2 === 0 ? ann : bo, conversationId, `${i}`)).id);
  for (let i = 0; i < 40; i += 4)
    await editMessage(world.ctx, { personId: ann.id, messageId: posted[i]!, text: `e${i}` });
  for (let i = 1; i < 40; i += 6) await deleteMessage(world.ctx, { personId: bo.id, messageId: posted[i]! });
  for (let i = 0; i < 40; i += 3) {
    await hideMessage(world.ctx, { personId: bo.id, messageId: posted[i]! });
    hidden.add(posted[i]!);
  }
  const all = await everything(world, { viewer: ann, conversationId, after: 0, limit: 100 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: all.through }), fc.integer({ min: 1, max: 60 }), async (after, limit) => {
      const seen = await everything(world, { viewer: bo, conversationId, after, limit });
      expect(seen.through).toBe(all.through);
      const expected = all.messages.filter(({ id, revision }) => revision > after && !hidden.has(id));
      expect(seen.messages.map(({ id, revision }) => [id, revision])).toEqual(
        expected.map(({ id, revision }) => [id, revision]),
      );
    }),
    { numRuns: 40 },
  );
});

test("a message that was hidden cannot be hidden again, nor by somebody else's guess", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const { id } = await world.say(ann, await world.between(ann, bo), "x");
  await hideMessage(world.ctx, { personId: bo.id, messageId: id });
  await expect(hideMessage(world.ctx, { personId: bo.id, messageId: id })).rejects.toThrow(Refusal);
  await expect(hideMessage(world.ctx, { personId: eve.id, messageId: id })).rejects.toThrow("not_found");
});

interface Asked {
  viewer: PersonRow;
  conversationId: ConversationId;
  after: number;
  limit: number;
}

/** Follows the pages to their end, checking on the way that each covers more than the one before. */
async function everything(world: World, asked: Asked) {
  const { viewer, conversationId, limit } = asked;
  let after = asked.after;
  const messages = [];
  for (;;) {
    const page = await readChanges(world.ctx, { personId: viewer.id, conversationId, after, limit });
    messages.push(...page.messages);
    expect(page.view === null).toBe(page.more);
    if (!page.more) return { messages, through: page.through };
    expect(page.through).toBeGreaterThan(after);
    after = page.through;
  }
}
