import { expect, test } from "vitest";
import type { MessageId } from "#lib/ids.ts";
import { createWorld } from "../../test/helpers/world.ts";
import { readChain } from "./chain.ts";
import { deleteMessage, hideMessage } from "./messages/change.ts";
import { postMessage } from "./messages/post.ts";
import type { PersonRow } from "./people.ts";

async function talk() {
  const world = await createWorld();
  const { ctx } = world;
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  const reply = async (author: PersonRow, inReplyTo: MessageId | null, text: string) => {
    return (await postMessage(ctx, { conversationId, authorId: author.id, text, inReplyTo })).message.id;
  };
  const chain = async ({ id: personId }: PersonRow, messageId: MessageId) => {
    const { root, messages } = await readChain(ctx, { personId, messageId });
    return { root, texts: messages.map(({ text }) => text) };
  };
  return { world, ctx, ann, bo, eve, reply, chain };
}

test("a chain is the same from each of its messages: the root and all below it, in the order of display", async () => {
  const { ann, bo, reply, chain } = await talk();
  const root = await reply(ann, null, "root");
  await reply(bo, null, "aside");
  const left = await reply(bo, root, "left");
  const right = await reply(ann, root, "right");
  const leaf = await reply(bo, left, "leaf");
  for (const id of [root, left, right, leaf])
    expect(await chain(bo, id)).toEqual({ root, texts: ["root", "left", "right", "leaf"] });
});

test("a deleted message stays in its chain; one that is hidden from somebody cuts off what is below it for them", async () => {
  const { ctx, ann, bo, reply, chain } = await talk();
  const root = await reply(ann, null, "root");
  const middle = await reply(ann, root, "middle");
  const leaf = await reply(bo, middle, "leaf");
  const deepest = await reply(bo, leaf, "deepest");
  await deleteMessage(ctx, { personId: ann.id, messageId: middle });
  expect(await chain(bo, leaf)).toEqual({ root, texts: ["root", null, "leaf", "deepest"] });
  await hideMessage(ctx, { personId: ann.id, messageId: leaf });
  expect(await chain(ann, root)).toEqual({ root, texts: ["root", null] });
  expect(await chain(ann, deepest)).toEqual({ root: deepest, texts: ["deepest"] });
  await expect(chain(ann, leaf)).rejects.toMatchObject({ code: "not_found" });
  expect(await chain(bo, deepest)).toEqual({ root, texts: ["root", null, "leaf", "deepest"] });
});

test("nobody else sees a chain, and a withheld message is not in that of whom it is withheld from", async () => {
  const { world, ann, bo, eve, reply, chain } = await talk();
  const root = await reply(ann, null, "root");
  const kept = await reply(bo, root, "kept from ann");
  await reply(bo, kept, "below");
  await world.connection.sql`update message set withheld_from = array[${ann.id}::uuid] where id = ${kept}`;
  await expect(chain(eve, root)).rejects.toMatchObject({ code: "not_found" });
  expect(await chain(ann, root)).toEqual({ root, texts: ["root"] });
  expect((await chain(bo, root)).texts).toEqual(["root", "kept from ann", "below"]);
});

test("of a long chain 500 messages are shown, the one that was asked for among them", async () => {
  const { world, ann, reply, chain } = await talk();
  const root = await reply(ann, null, "0");
  const { sql } = world.connection;
  // Each of them answers the one before it, and 600 more answer the root.
  await sql`
    insert into message (id, conversation_id, author_id, position, revision, text, in_reply_to, audience, sent_at, received_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, m.conversation_id, m.author_id, 1 + n, 100 + n, n::text,
      case when n = 1 or n > 600 then m.id else ('00000000-0000-7000-8000-' || lpad((n - 1)::text, 12, '0'))::uuid end,
      m.audience, m.sent_at, m.received_at
    from message m, generate_series(1, 1200) n where m.id = ${root}`;
  const deepest = "00000000-0000-7000-8000-000000000600" as MessageId;
  const fromRoot = await chain(ann, root);
  const fromDeepest = await chain(ann, deepest);
  expect([fromRoot.texts.length, fromRoot.texts[0]]).toEqual([500, "0"]);
  expect([fromDeepest.texts.length, fromDeepest.texts.at(-1)]).toEqual([500, "600"]);
});
