import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import { poll } from "../../../test/helpers/poll.ts";
import { createWorld } from "../../../test/helpers/world.ts";
import { insertMembers, lockConversations } from "#db/conversations.ts";
import type { ConversationId } from "#lib/ids.ts";
import { answerRequest, startConversation } from "../conversations.ts";
import { listConversations, listMessages, readConversation } from "../read.ts";
import { postMessage, postMessages } from "./post.ts";

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error("no refusal", { cause: error });
  return error.field === undefined ? error.code : `${error.code} ${error.field}`;
}

test("a message gets the next position and revision of its conversation", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const id = await world.between(ann, bo);
  const first = await world.say(ann, id, "one");
  const second = await world.say(bo, id, "two");
  expect([first.position, second.position]).toEqual([1, 2]);
  expect([first.revision, second.revision]).toEqual([2, 3]);
  expect(second.audience).toEqual([ann.id]);
});

test("a conversation's last activity is the moment at which its last message arrived", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const ticking = () => {
    world.pass(1);
    return world.ctx.now();
  };
  const said = ["one", "two"].map((text) => ({ authorId: ann.id, conversationId, text }));
  await postMessages({ ...world.ctx, now: ticking }, said);
  const view = await readConversation(world.ctx, { personId: bo.id, conversationId });
  expect(view.conversation.activityAt).toEqual(view.last?.receivedAt);
});

test("the same key and body give the same message, and another body is refused", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const send = (text: string) =>
    postMessage(world.ctx, {
      authorId: ann.id,
      conversationId,
      text,
      idempotency: { client: "web", key: "k" },
    });
  const first = await send("hello");
  const again = await send("hello");
  expect(again.repeated).toBe(true);
  expect(again.message.id).toBe(first.message.id);
  expect(await refusalOf(send("other"))).toBe("key_reused key");
  const { messages } = await listMessages(world.ctx, {
    personId: bo.id,
    conversationId,
    at: null,
    limit: 10,
  });
  expect(messages.map(({ text }) => text)).toEqual(["hello"]);
});

test("one key used at the same moment in two conversations makes one message", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const ids = [await world.between(ann, bo), await world.between(ann, cy)];
  const results = await Promise.allSettled(
    ids.map((conversationId) =>
      postMessage(world.ctx, {
        authorId: ann.id,
        conversationId,
        text: "x",
        idempotency: { client: "web", key: "k" },
      }),
    ),
  );
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]!.reason).toMatchObject({ code: "key_reused" });
});

test("equal keys inside one batch are one message, and a refusal leaves the others alone", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.local("bo"), await world.local("eve")];
  const conversationId = await world.between(ann, bo);
  const item = (authorId: typeof ann.id, text: string, key: string) => ({
    authorId,
    conversationId,
    text,
    idempotency: { client: "web", key },
  });
  const results = await postMessages(world.ctx, [
    item(ann.id, "one", "1"),
    item(eve.id, "mine too", "2"),
    item(ann.id, "one", "1"),
    item(bo.id, "   ", "3"),
    item(bo.id, "two", "4"),
  ]);
  expect(results.map((result) => (result instanceof Refusal ? result.code : result.message.text))).toEqual([
    "one",
    "not_found",
    "one",
    "empty",
    "two",
  ]);
  const { messages } = await listMessages(world.ctx, {
    personId: ann.id,
    conversationId,
    at: null,
    limit: 10,
  });
  expect(messages.map(({ text, position, revision }) => [text, position, revision])).toEqual([
    ["one", 1, 2],
    ["two", 2, 3],
  ]);
});

test("a message is counted in graphemes: five thousand families fit, one more does not", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const id = await world.between(ann, bo);
  const family = "👨‍👩‍👧‍👦";
  const { text } = await world.say(ann, id, family.repeat(5_000));
  expect(text).toHaveLength(family.length * 5_000);
  expect(await refusalOf(world.say(ann, id, family.repeat(5_001)))).toBe("too_long text");
  const ctx = { ...world.ctx, settings: { ...world.ctx.settings, messageGraphemes: 2 } };
  const say = (text: string) => postMessage(ctx, { authorId: ann.id, conversationId: id, text });
  await say(family.repeat(2));
  expect(await refusalOf(say(family.repeat(3)))).toBe("too_long text");
});

test("a reply answers a message of its own conversation only", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const [here, there] = [await world.between(ann, bo), await world.between(ann, cy)];
  const elsewhere = await world.say(ann, there, "elsewhere");
  const reply = postMessage(world.ctx, {
    authorId: ann.id,
    conversationId: here,
    text: "re",
    inReplyTo: elsewhere.id,
  });
  expect(await refusalOf(reply)).toBe("reply_elsewhere inReplyTo");
});

test("a stranger's first message is a request, and answering it accepts", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const id = await world.between(ann, bo);
  await world.say(ann, id, "hello, we have not met");
  const states = async () =>
    (await readConversation(world.ctx, { personId: bo.id, conversationId: id })).member.state;
  expect(await states()).toBe("request");
  await world.say(bo, id, "hello");
  expect(await states()).toBe("accepted");
});

test("a declined request leaves both lists of the one who declined", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "hello");
  await answerRequest(world.ctx, { personId: bo.id, conversationId, answer: "declined" });
  for (const state of ["accepted", "request"] as const) {
    const { views } = await listConversations(world.ctx, { personId: bo.id, state, before: null, limit: 10 });
    expect(views).toEqual([]);
  }
});

test("somebody known from another conversation needs no second request", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const first = await world.between(ann, bo);
  await world.say(ann, first, "hi");
  const view = await readConversation(world.ctx, { personId: ann.id, conversationId: first });
  expect(view.member.state).toBe("accepted");
});

test("nothing happened when the process dies before the commit", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  const broken = {
    ...world.ctx,
    failpoint: async (name: string) => {
      if (name === "before-commit") throw new Error("cut");
    },
  };
  world.events.length = 0;
  await expect(postMessage(broken, { authorId: ann.id, conversationId, text: "x" })).rejects.toThrow("cut");
  expect(world.events).toEqual([]);
  const { messages } = await listMessages(world.ctx, {
    personId: ann.id,
    conversationId,
    at: null,
    limit: 10,
  });
  expect(messages).toEqual([]);
});

test("a message is answered with how other servers have taken it so far, also when it is sent again", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.remote("cy")];
  const send = async (conversationId: ConversationId) => {
    const idempotency = { client: "web", key: conversationId };
    return await postMessage(world.ctx, { authorId: ann.id, conversationId, text: "hello", idempotency });
  };
  const [here, there] = [await world.between(ann, bo), await world.between(ann, cy)];
  expect((await send(here)).deliveries).toEqual([]);
  const first = await send(there);
  expect(first.deliveries).toMatchObject([
    { messageId: first.message.id, host: "b.example", state: "waiting", reason: null },
  ]);
  expect(await send(there)).toEqual({ ...first, repeated: true });
});

test("who belongs to a conversation is judged under its lock, not while it waits for it", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.local("bo"), await world.local("cy")];
  const conversationId = await world.between(ann, bo);
  const posting = await world.ctx.db.transaction(async (tx) => {
    await lockConversations(tx, [conversationId]);
    const waiting = postMessage(world.ctx, { authorId: cy.id, conversationId, text: "may I?" });
    await poll("the lock is waited for", async () => {
      const [row] = await world.connection.sql`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      return row?.["count"] > 0;
    });
    await insertMembers(tx, [
      { conversationId, personId: cy.id, role: "member", state: "accepted", rank: 2 },
    ]);
    return { waiting };
  });
  expect((await posting.waiting).message.position).toBe(1);
});

test("whether a conversation was begun by the other, who said nothing yet, is not to be seen", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  await world.between(ann, bo);
  const found = await startConversation(world.ctx, { personId: bo.id, withId: ann.id });
  expect(found.created).toBe(true);
  const { views } = await listConversations(world.ctx, {
    personId: bo.id,
    state: "accepted",
    before: null,
    limit: 9,
  });
  expect(views.map(({ conversation }) => conversation.id)).toEqual([found.id]);
});

test("whoever writes has read what stands above, in all their sessions", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(ann, bo);
  await world.say(ann, conversationId, "one");
  await world.say(bo, conversationId, "two");
  const { position } = await world.say(ann, conversationId, "three");
  const { member, unread } = await readConversation(world.ctx, { personId: ann.id, conversationId });
  expect([member.readPosition, unread]).toEqual([position, 0]);
  const other = await readConversation(world.ctx, { personId: bo.id, conversationId });
  expect([other.member.readPosition, other.unread]).toEqual([2, 1]);
});
