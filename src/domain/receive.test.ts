import { expect, test } from "vitest";
import { arrival } from "../../test/helpers/arrival.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import type { PersonRow } from "./people.ts";
import { listConversations, listMessages } from "./read.ts";
import { readHistory } from "./shelf.ts";
import { receiveDelete, receiveEdit, receiveMessage } from "./receive.ts";

async function conversationsOf({ ctx }: World, person: PersonRow, state: "accepted" | "request" = "request") {
  const { views } = await listConversations(ctx, { personId: person.id, state, before: null, limit: 50 });
  return views;
}

test("the first message of a stranger elsewhere is a request, and the same message again changes nothing", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const message = arrival(bo, [ann]);
  expect(await receiveMessage(world.ctx, message)).toEqual({ repeated: false });
  expect(await receiveMessage(world.ctx, message)).toEqual({ repeated: true });
  const [view, ...more] = await conversationsOf(world, ann);
  expect(more).toEqual([]);
  expect(view).toMatchObject({ unread: 1, conversation: { position: 1 }, last: { text: message.body.text } });
});

test("both begin at once: the messages of both meet in one conversation, under both names", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const own = await world.between(ann, bo);
  await world.say(ann, own, "mine");
  await receiveMessage(world.ctx, arrival(bo, [ann], { contexts: ["https://b.example/r/1"] }));
  await receiveMessage(world.ctx, arrival(bo, [ann], { contexts: ["https://b.example/r/1"] }));
  const views = await conversationsOf(world, ann, "accepted");
  expect(views.map(({ conversation }) => [conversation.id, conversation.position])).toEqual([[own, 3]]);
});

test("a conversation keeps the name that its beginner's server gave it, and one begun here keeps ours", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("cy", "c.example"),
  ];
  await world.between(ann, cy);
  for (const person of [bo, cy]) {
    const room = `https://${person.host}/r/1`;
    await receiveMessage(world.ctx, arrival(person, [ann], { contexts: [room], room }));
  }
  const views = [...(await conversationsOf(world, ann)), ...(await conversationsOf(world, ann, "accepted"))];
  expect(views.map(({ conversation }) => conversation.uri)).toEqual(["https://b.example/r/1", null]);
});

test("nobody enters a conversation by naming it, nor by answering a message of it", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [
    await world.local("ann"),
    await world.remote("bo"),
    await world.remote("eve", "e.example"),
  ];
  const conversationId = await world.between(ann, bo);
  const { id: inReplyToId } = await world.say(ann, conversationId, "between us");
  await receiveMessage(world.ctx, arrival(bo, [ann], { contexts: ["https://b.example/r/1"] }));
  const local = { inReplyToId, conversationIds: [conversationId] };
  await receiveMessage(world.ctx, arrival(eve, [ann], { contexts: ["https://b.example/r/1"], local }));
  const { messages } = await listMessages(world.ctx, {
    personId: ann.id,
    conversationId,
    at: null,
    limit: 50,
  });
  expect(messages.map(({ authorId }) => authorId)).toEqual([ann.id, bo.id]);
  const [request] = await conversationsOf(world, ann);
  expect(request?.members.map(({ person }) => person.id).toSorted()).toEqual([ann.id, eve.id].toSorted());
  expect(request?.last?.inReplyTo).toBeNull();
});

test("a reply finds its parent, ours or theirs", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const conversationId = await world.between(ann, bo);
  const ours = await world.say(ann, conversationId, "question");
  const first = arrival(bo, [ann], { local: { inReplyToId: ours.id, conversationIds: [] } });
  await receiveMessage(world.ctx, first);
  await receiveMessage(world.ctx, arrival(bo, [ann], { inReplyToUri: first.uri }));
  const { messages } = await listMessages(world.ctx, {
    personId: ann.id,
    conversationId,
    at: null,
    limit: 50,
  });
  expect(messages.map(({ inReplyTo }) => inReplyTo)).toEqual([null, ours.id, messages[1]!.id]);
});

test("a deletion that comes before its message wins, if it is its author's", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.remote("bo"), await world.remote("eve")];
  const [kept, gone] = [arrival(bo, [ann]), arrival(bo, [ann])];
  const deletion = (actor: PersonRow, uri: string) =>
    receiveDelete(world.ctx, {
      activity: { uri: `${uri}/delete`, digest: "x", said: "sha-256=x" },
      actor: { id: actor.id, uri: actor.uri! },
      uri,
    });
  await deletion(eve, kept.uri);
  await deletion(bo, gone.uri);
  await receiveMessage(world.ctx, kept);
  await expect(receiveMessage(world.ctx, gone)).rejects.toThrow("deleted");
  const [view] = await conversationsOf(world, ann);
  expect(view).toMatchObject({ conversation: { position: 1 }, last: { uri: kept.uri } });
});

test("a deletion racing with its message leaves a deleted message or none, never a living one", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const messages = Array.from({ length: 20 }, () => arrival(bo, [ann]));
  await Promise.allSettled(
    messages.flatMap((message) => [
      receiveMessage(world.ctx, message),
      receiveDelete(world.ctx, {
        activity: { uri: `${message.uri}/delete`, digest: "x", said: "sha-256=x" },
        actor: { id: bo.id, uri: bo.uri! },
        uri: message.uri,
      }),
    ]),
  );
  const living = await world.connection
    .sql`select count(*)::int as living from message where deleted_at is null`;
  expect(living[0]).toEqual({ living: 0 });
});

test("only the newest edit counts, by its author alone; the same activity id may carry many", async () => {
  const world = await createWorld();
  const [ann, bo, eve] = [await world.local("ann"), await world.remote("bo"), await world.remote("eve")];
  const message = arrival(bo, [ann]);
  await receiveMessage(world.ctx, message);
  const edit = (author: PersonRow, text: string, second: number) =>
    receiveEdit(world.ctx, {
      activity: { uri: `${message.uri}/edit`, digest: text, said: "sha-256=x" },
      authorId: author.id,
      uri: message.uri,
      body: { text, html: null },
      updatedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    });
  await edit(bo, "first", 1);
  await edit(bo, "third", 3);
  await expect(edit(bo, "second", 2)).rejects.toThrow("stale");
  await expect(edit(eve, "forged", 4)).rejects.toThrow("not_found");
  const [view] = await conversationsOf(world, ann);
  expect(view?.last).toMatchObject({ text: "third", version: 3 });
});

test("one activity id with two contents is refused and changes nothing", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const message = arrival(bo, [ann]);
  await receiveMessage(world.ctx, message);
  const other = arrival(bo, [ann], { activity: { ...message.activity, digest: "other", said: "sha-256=x" } });
  await expect(receiveMessage(world.ctx, other)).rejects.toThrow("id_conflict");
  const [view] = await conversationsOf(world, ann);
  expect(view?.conversation.position).toBe(1);
});

test("a repetition of an earlier edit does not undo a later one, nor does an edit without a date make old ones new", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const message = arrival(bo, [ann]);
  await receiveMessage(world.ctx, message);
  const edit = (text: string, second: number | null) =>
    receiveEdit(world.ctx, {
      activity: { uri: `${message.uri}/edit`, digest: `${text} ${second}`, said: "sha-256=x" },
      authorId: bo.id,
      uri: message.uri,
      body: { text, html: null },
      updatedAt: second === null ? null : new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    });
  const text = async () => (await conversationsOf(world, ann))[0]?.last?.text;
  await edit("second", 1);
  await edit("third", 1);
  await edit("second", 1);
  expect(await text()).toBe("third");
  await edit("fourth", null);
  await expect(edit("late", 0)).rejects.toThrow("stale");
  expect(await text()).toBe("fourth");
});

test("a known message under a new activity id, addressed to others, begins nothing", async () => {
  const world = await createWorld();
  const [ann, bo, cy] = [await world.local("ann"), await world.remote("bo"), await world.local("cy")];
  const message = arrival(bo, [ann]);
  await receiveMessage(world.ctx, message);
  const again = arrival(bo, [ann, cy], {
    uri: message.uri,
    activity: { uri: "https://b.example/again", digest: "x", said: "sha-256=x" },
  });
  expect(await receiveMessage(world.ctx, again)).toEqual({ repeated: true });
  expect(await conversationsOf(world, cy)).toEqual([]);
  expect(await world.connection.sql`select count(*)::int as conversations from conversation`).toEqual([
    { conversations: 1 },
  ]);
});

test("of a message that another server changes without end, the newest hundred texts are kept", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.remote("bo")];
  const message = arrival(bo, [ann]);
  await receiveMessage(world.ctx, message);
  for (let n = 1; n <= 105; n += 1) {
    await receiveEdit(world.ctx, {
      activity: { uri: `${message.uri}/edit`, digest: `edit ${n}`, said: "sha-256=x" },
      authorId: bo.id,
      uri: message.uri,
      body: { text: `edit ${n}`, html: null },
      updatedAt: null,
    });
  }
  const [view] = await conversationsOf(world, ann);
  const history = await readHistory(world.ctx, { personId: ann.id, messageId: view!.last!.id });
  expect([history.length, history[0]?.text, history.at(-1)?.text]).toEqual([100, "edit 6", "edit 105"]);
  expect(await world.connection.sql`select from message_version`).toHaveLength(100);
});
