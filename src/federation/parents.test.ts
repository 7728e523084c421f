import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { insertMembers, lockConversations } from "#db/conversations.ts";
import { person } from "#db/schema/people.ts";
import { findOrBegin, startConversation } from "#domain/conversations.ts";
import { cancelDeliveries } from "#domain/deliveries.ts";
import { leaseLanes, nextDelivery, releaseLane, storeActivityBody } from "#domain/lanes.ts";
import { deleteMessage, editMessage } from "#domain/messages/change.ts";
import { postMessage } from "#domain/messages/post.ts";
import { describeActivity } from "#domain/outgoing/describe.ts";
import { isOfMessage } from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import { blockPerson } from "#domain/relations/change.ts";
import { fitToReaders, readPublishedMessage } from "#domain/published.ts";
import { settleDelivery, type Outcome } from "#domain/settle.ts";
import { transact } from "#domain/transact.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { translateActivity } from "./translate/activity-out.ts";
import { translateMessage } from "./translate/note-out.ts";

// Rule: a parent that a recipient's server cannot fetch makes some servers drop the message.

interface Sent {
  to: string;
  content: string;
  source: string;
  inReplyTo: string | undefined;
}

const accepted: Outcome = { state: "accepted" };
const refused: Outcome = { state: "refused", reason: "http_403" };

/** Ann and her conversation with people of other servers. */
async function openScene(...handles: string[]) {
  const world = await createWorld();
  const ann = await world.local("ann");
  const others: PersonRow[] = [];
  for (const handle of handles) others.push(await world.remote(handle, `${handle}.example`));
  const conversationId = await gather(world, ann, others);
  const write = async (text: string, inReplyTo?: MessageId): Promise<MessageId> => {
    world.pass(1_000);
    const said = { authorId: ann.id, conversationId, text, ...(inReplyTo && { inReplyTo }) };
    return (await postMessage(world.ctx, said)).message.id;
  };
  return { ...world, ann, others, conversationId, write };
}

async function gather(world: World, ann: PersonRow, others: PersonRow[]): Promise<ConversationId> {
  if (others.length === 1)
    return (await startConversation(world.ctx, { personId: ann.id, withId: others[0]!.id })).id;
  return await transact(world.ctx, async (tx) => {
    const { conversation } = await findOrBegin(world.ctx, tx, { author: ann, others });
    await lockConversations(tx, [conversation.id]);
    return conversation.id;
  });
}

/** Somebody comes in after the first message. */
async function join(world: World, conversationId: ConversationId, { id: personId }: PersonRow) {
  const member = { conversationId, personId, rank: 9, historyAfter: 1 };
  await transact(world.ctx, (tx) => insertMembers(tx, [{ ...member, role: "member", state: "accepted" }]));
}

/** Sends what waits, and answers what each server got. */
async function carry(
  world: World,
  answer: (to: string, content: string) => Outcome = () => accepted,
): Promise<Sent[]> {
  const { ctx } = world;
  const sent: Sent[] = [];
  for (const lane of await leaseLanes(ctx, { limit: 100, leaseMs: 10_000 })) {
    for (;;) {
      const delivery = await nextDelivery(ctx, lane);
      if (delivery === null) break;
      const { activityId, lacksParent } = delivery;
      const described = await describeActivity(ctx, activityId, { lacksParent });
      const json = JSON.stringify(translateActivity(ctx.settings, described));
      const quotes = isOfMessage(described) && described.quote !== null;
      const made = { deliveryId: delivery.id, activityId, lacksParent, quotes, body: json };
      const body = delivery.body ?? (await storeActivityBody(ctx, made)) ?? "";
      const note = noteOf(JSON.parse(body).object);
      const to = delivery.recipient.handle;
      sent.push({ to, ...note });
      const outcome = answer(to, note.content);
      if (!(await settleDelivery(ctx, { lane, deliveryId: delivery.id, outcome })).goOn) break;
    }
    await releaseLane(ctx, lane);
  }
  return sent;
}

function noteOf(note: Record<string, unknown>): Omit<Sent, "to"> {
  const source = (note["source"] as { content: string } | undefined)?.content ?? "";
  return { content: String(note["content"]), source, inReplyTo: note["inReplyTo"] as string | undefined };
}

const uri = (id: MessageId) => `https://a.example/m/${id}`;
const threads = (sent: readonly Sent[]) => sent.map(({ to, inReplyTo }) => [to, inReplyTo]);

/** What a reader's server gets when it asks for a message. */
async function fetched(world: World, id: MessageId, reader: PersonRow) {
  const found = await fitToReaders(world.ctx, await readPublishedMessage(world.ctx, id), [reader]);
  return found === null ? null : noteOf(translateMessage(world.ctx.settings, found));
}

test("whoever joins gets a message of theirs without a parent, and threads from there on", async () => {
  const scene = await openScene("bo");
  await scene.write("before");
  await carry(scene);
  const cy = await scene.remote("cy", "cy.example");
  const { conversationId } = scene;
  await join(scene, conversationId, cy);
  const first = await scene.write("hello both");
  await scene.write("and again");
  const sent = threads(await carry(scene));
  for (const name of ["bo", "cy"])
    expect(sent.filter(([to]) => to === name)).toEqual([
      [name, undefined],
      [name, uri(first)],
    ]);
});

test("whoever joins from a server of our own kind gets what everybody gets", async () => {
  const scene = await openScene("bo");
  const before = await scene.write("before");
  await carry(scene);
  const cy = await scene.remote("cy", "cy.example");
  await scene.ctx.db
    .update(person)
    .set({ signals: "https://cy.example/signals" })
    .where(eq(person.id, cy.id));
  await join(scene, scene.conversationId, cy);
  await scene.write("an answer", before);
  const sent = await carry(scene);
  expect(sent.map(({ to }) => to).toSorted()).toEqual(["bo", "cy"]);
  for (const said of sent)
    expect(said).toMatchObject({ content: "<p>an answer</p>", inReplyTo: uri(before) });
});

test("after the last message was deleted, the next one names the one before it", async () => {
  const scene = await openScene("bo");
  const [first, last] = [await scene.write("one"), await scene.write("two")];
  await carry(scene);
  await deleteMessage(scene.ctx, { personId: scene.ann.id, messageId: last });
  await scene.write("three");
  const sent = await carry(scene);
  expect(sent.at(-1)).toMatchObject({ content: "<p>three</p>", inReplyTo: uri(first) });
});

test("a message that was refused is named by nothing that follows", async () => {
  const scene = await openScene("bo");
  const first = await scene.write("one");
  await carry(scene);
  await scene.write("two");
  // The third is written before anybody knows how the second fares.
  await scene.write("three");
  const sent = await carry(scene, (_, content) => (content.includes("two") ? refused : accepted));
  expect(threads(sent)).toEqual([
    ["bo", uri(first)],
    ["bo", uri(first)],
  ]);
});

test("a reply to a refused message quotes it where it was refused, and names it elsewhere", async () => {
  const scene = await openScene("bo", "cy");
  const first = await scene.write("one");
  await carry(scene);
  const no = await scene.write("a *bold*\nquestion");
  await carry(scene, (to) => (to === "cy" ? refused : accepted));
  const reply = await scene.write("an answer", no);
  const sent = await carry(scene);
  expect(noteAt(sent, "bo")).toEqual({
    content: "<p>an answer</p>",
    source: "an answer",
    inReplyTo: uri(no),
  });
  expect(noteAt(sent, "cy")).toMatchObject({
    content: expect.stringMatching(/^<blockquote>.*a <em>bold<\/em><br>question.*<p>an answer<\/p>$/),
    source: "> @ann@a.example:\n> a *bold*\n> question\n\nan answer",
    inReplyTo: uri(first),
  });
  const [bo, cy] = scene.others;
  expect(await fetched(scene, reply, bo!)).toEqual(noteAt(sent, "bo"));
  expect(await fetched(scene, reply, cy!)).toEqual(noteAt(sent, "cy"));
  expect((await fetched(scene, no, bo!))?.content).toContain("question");
  expect(await fetched(scene, no, cy!)).toBeNull();
});

function noteAt(sent: readonly Sent[], name: string): Omit<Sent, "to"> {
  const { to: _, ...note } = sent.find(({ to }) => to === name)!;
  return note;
}

test("a reply to what somebody was not there for quotes it to their server", async () => {
  const scene = await openScene("bo");
  const before = await scene.write("x".repeat(300));
  await carry(scene);
  const cy = await scene.remote("cy", "cy.example");
  const { conversationId } = scene;
  await join(scene, conversationId, cy);
  await scene.write("I meant this", before);
  const sent = await carry(scene);
  expect(noteAt(sent, "bo")).toMatchObject({ source: "I meant this", inReplyTo: uri(before) });
  const quoted = `> @ann@a.example:\n> ${"x".repeat(200)}…\n\nI meant this`;
  expect(noteAt(sent, "cy")).toMatchObject({ source: quoted, inReplyTo: undefined });
});

test("a cancelled message is given to nobody who asks for it, and a reply to it quotes it", async () => {
  const scene = await openScene("bo");
  const message = await scene.write("never mind");
  const [bo] = scene.others;
  expect((await fetched(scene, message, bo!))?.content).toBe("<p>never mind</p>");
  await cancelDeliveries(scene.ctx, { personId: scene.ann.id, messageId: message });
  expect(await fetched(scene, message, bo!)).toBeNull();
  await scene.write("what I said", message);
  expect((await carry(scene)).map(({ source }) => source)).toEqual([
    "> @ann@a.example:\n> never mind\n\nwhat I said",
  ]);
});

test("what was deleted is quoted no more, and no table keeps a word of it", async () => {
  const scene = await openScene("bo");
  const { sql } = scene.connection;
  const message = await scene.write("canary");
  await carry(scene, () => refused);
  await scene.write("as I said", message);
  // An attempt that fails leaves its bytes behind for the next one.
  await carry(scene, () => ({ state: "retry", reason: "http_500" }));
  expect(await sql`select 1 from activity where quoted_body like '%canary%'`).toHaveLength(1);
  await deleteMessage(scene.ctx, { personId: scene.ann.id, messageId: message });
  expect(await sql`select 1 from activity where quoted_body like '%canary%'`).toHaveLength(0);
  scene.pass(60_000);
  const sent = await carry(scene);
  expect(sent.map(({ source, inReplyTo }) => [source, inReplyTo])).toContainEqual(["as I said", undefined]);
  expect(JSON.stringify(sent)).not.toContain("canary");
});

test("whoever blocks somebody is not told their words by whoever answers them", async () => {
  const scene = await openScene("bo", "dora");
  const { ctx, conversationId, ann } = scene;
  const [bo] = scene.others;
  const cy = await scene.local("cy");
  await join(scene, conversationId, cy);
  await blockPerson(ctx, { personId: bo!.id, otherId: cy.id, kind: "open" });
  const insult = await scene.say(cy, conversationId, "canary");
  await carry(scene);
  await postMessage(ctx, { authorId: ann.id, conversationId, text: "calm down", inReplyTo: insult.id });
  const sent = await carry(scene);
  expect(noteAt(sent, "bo")).toMatchObject({ source: "calm down", inReplyTo: undefined });
  expect(noteAt(sent, "dora")).toMatchObject({ source: "calm down", inReplyTo: uri(insult.id) });
});

test("what people here said among themselves is written down without them, and quoted to whoever joins later from elsewhere", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const conversationId = await gather(world, ann, [bo, cy]);
  const before = await world.say(ann, conversationId, "among us");
  expect(before.audience).toBeNull();
  const eve = await world.remote("eve", "eve.example");
  await join(world, conversationId, eve);
  const said = { authorId: bo.id, conversationId, text: "I meant this", inReplyTo: before.id };
  const { message } = await postMessage(world.ctx, said);
  expect(message.audience).toEqual([ann.id, cy.id, eve.id]);
  const sent = await carry(world);
  expect(sent).toMatchObject([
    { to: "eve", source: "> @ann@a.example:\n> among us\n\nI meant this", inReplyTo: undefined },
  ]);
  await expect(fetched(world, before.id, eve)).rejects.toThrow("not_found");
  await editMessage(world.ctx, { personId: ann.id, messageId: before.id, text: "among us, still" });
  await deleteMessage(world.ctx, { personId: ann.id, messageId: before.id });
  expect(await carry(world)).toEqual([]);
});
