import { expect, test } from "vitest";
import { readChain } from "#domain/chain.ts";
import type { Context } from "#domain/context.ts";
import { exportConversation } from "#domain/export.ts";
import { postMessage } from "#domain/messages/post.ts";
import { listMessages, readChanges, readMessage } from "#domain/read.ts";
import { searchMessages } from "#domain/search/search.ts";
import { newId, type ConversationId, type MessageId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import { startApp, type TestSocket } from "../../../test/helpers/app.ts";
import { decided } from "../../../test/helpers/groups.ts";
import { poll } from "../../../test/helpers/poll.ts";
import { createGroup } from "./create.ts";
import { removeMember } from "./verbs.ts";

// Whoever is taken out reads and writes meanwhile, at another node of the server.

const MEMBERS = 20;
const AT_ONCE = 4;
/** How many of them have a socket. */
const LISTENING = 2;
const ROUNDS = 50;

interface Sight {
  personId: PersonId;
  conversationId: ConversationId;
  /** What began the chain, and what was said in it last. */
  root: MessageId;
  newest: MessageId;
}

/** Every way to read a group; each answers the positions that it shows. */
const reads: readonly ((ctx: Context, sight: Sight) => Promise<number[]>)[] = [
  async (ctx, of) => positions((await listMessages(ctx, { ...of, at: null, limit: 100 })).messages),
  async (ctx, of) => positions((await readChanges(ctx, { ...of, after: 0, limit: 1_000 })).messages),
  async (ctx, { personId, newest }) =>
    positions([(await readMessage(ctx, { personId, messageId: newest })).message]),
  async (ctx, { personId, root }) =>
    positions((await readChain(ctx, { personId, messageId: root })).messages),
  async (ctx, of) => {
    const query = { q: "word", zone: "UTC", before: null, limit: 50 };
    return positions((await searchMessages(ctx, { ...of, ...query })).results.map(({ message }) => message));
  },
  async (ctx, of) => {
    const shown: number[] = [];
    for await (const page of (await exportConversation(ctx, of)).pages)
      shown.push(...positions(page.messages));
    return shown;
  },
];

function positions(messages: readonly { position: number }[]): number[] {
  return messages.map(({ position }) => position);
}

/** Nothing, where it is refused as what is not there. */
async function unlessGone<Answer>(attempt: Promise<Answer>, nothing: Answer): Promise<Answer> {
  return await attempt.catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "not_found") return nothing;
    throw error;
  });
}

async function say(
  ctx: Context,
  authorId: PersonId,
  of: { conversationId: ConversationId; inReplyTo?: MessageId },
) {
  const idempotency = { client: "test", key: newId<"message">() };
  return (await postMessage(ctx, { authorId, ...of, text: "a word", idempotency })).message;
}

async function begin() {
  const one = await startApp();
  const two = await startApp({ beside: one, role: "web" });
  const owner = await one.person("owner");
  const conversationId = await createGroup(one.ctx, { personId: owner.id as PersonId, title: "Band" });
  const members = await Promise.all(
    Array.from({ length: MEMBERS }, async (_, index) => {
      const { id, token } = await one.person(`member${index}`);
      return { personId: id as PersonId, socket: index < LISTENING ? await two.socket(token) : null };
    }),
  );
  const sockets = members.flatMap(({ socket }) => socket ?? []);
  return { one, two, ownerId: owner.id as PersonId, conversationId, members, sockets };
}

type Scene = Awaited<ReturnType<typeof begin>>;

/** Takes one of them out at one node, while they read and write at the other; answers what they saw and where they wrote. */
async function takeOut(scene: Scene, turn: { index: number; round: number; root: MessageId }) {
  const { one, two, ownerId, conversationId, members } = scene;
  const { index, round, root } = turn;
  const { personId } = members[index]!;
  const [here, there] = (index + round) % 2 === 0 ? [one.ctx, two.ctx] : [two.ctx, one.ctx];
  const read = (way: number, newest: MessageId) =>
    unlessGone(reads[way % reads.length]!(there, { personId, conversationId, root, newest }), []);
  const [, during, own, { id: newest }] = await Promise.all([
    removeMember(here, { personId: ownerId, conversationId, otherId: personId, ban: false }),
    read(index + round, root),
    unlessGone(say(there, personId, { conversationId }), null),
    say(there, ownerId, { conversationId, inReplyTo: root }),
  ]);
  const after = await read(index + round + 3, newest);
  expect(await unlessGone(say(there, personId, { conversationId }), null)).toBeNull();
  return { personId, shown: [...during, ...after, ...(own === null ? [] : [own.position])] };
}

async function playRound(scene: Scene, round: number): Promise<void> {
  const { one, ownerId, conversationId, members } = scene;
  await decided(
    one,
    conversationId,
    members.map(({ personId }) => ({ type: "join", personId, role: "member", by: ownerId })),
  );
  const { id: root } = await say(one.ctx, ownerId, { conversationId });
  const taken: Awaited<ReturnType<typeof takeOut>>[] = [];
  for (let next = 0; next < MEMBERS; next += AT_ONCE) {
    const some = members.slice(next, next + AT_ONCE).map((_, at) => next + at);
    taken.push(...(await Promise.all(some.map((index) => takeOut(scene, { index, round, root })))));
  }
  const kept = await one.connection.sql`
    select person_id, history_until::int from former_member where conversation_id = ${conversationId}`;
  const until = new Map(kept.map((row) => [row["person_id"] as string, row["history_until"] as number]));
  for (const { personId, shown } of taken)
    expect(Math.max(0, ...shown)).toBeLessThanOrEqual(until.get(personId)!);
}

/** How often a socket was told that its person was taken out. */
function removals({ frames }: TestSocket): number {
  return frames.filter(isRemoval).length;
}

function isRemoval(frame: ServerFrame) {
  return frame.type === "membership.changed" && frame.membership.state === "removed";
}

/** What a socket was told of a group beyond where its person was in it. */
function beyond({ frames }: TestSocket): ServerFrame[] {
  let until = Number.POSITIVE_INFINITY;
  return frames.filter((frame) => {
    if (frame.type === "membership.changed" && isRemoval(frame)) until = frame.revision;
    else if (frame.type === "conversation.created") until = Number.POSITIVE_INFINITY;
    return "conversationId" in frame && "revision" in frame && frame.revision > until;
  });
}

test("whoever is taken out of a group reads nothing that came after, writes nothing, and is told nothing", async () => {
  const scene = await begin();
  for (let round = 0; round < ROUNDS; round += 1) {
    await playRound(scene, round);
    await poll("who listens is told", () => scene.sockets.every((socket) => removals(socket) > round));
  }
  for (const socket of scene.sockets) expect(beyond(socket)).toEqual([]);
}, 600_000);
