import fc from "fast-check";
import { expect, test } from "vitest";
import { Refusal } from "#lib/refusal.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { openSession } from "../../test/helpers/law-session.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { answerRequest, findOrBegin } from "./conversations.ts";
import { changeMembership, markRead, readAll } from "./membership.ts";
import { deleteMessage, editMessage, hideMessage } from "./messages/change.ts";
import { postMessage } from "./messages/post.ts";
import type { PersonRow } from "./people.ts";
import { readConversation } from "./read.ts";
import { blockPerson, unblockPerson } from "./relations/change.ts";
import { transact } from "./transact.ts";

/** What the counts must be, kept in the plainest way. */
interface Said {
  id: MessageId;
  author: number;
  position: number;
  named: number[];
  isDeleted: boolean;
  /** Who does not see it: it was kept from them, or they hid it. */
  unseen: Set<number>;
}

interface Scene {
  world: World;
  /** Two people of this server, and one of another. */
  people: [PersonRow, PersonRow, PersonRow];
  conversationId: ConversationId;
  said: Said[];
  marks: number[];
  marked: boolean[];
  /** Who blocks whom. */
  blocks: Set<string>;
}

const kinds = [
  "say",
  "say",
  "say",
  "late",
  "edit",
  "delete",
  "hide",
  "read",
  "read all",
  "mark",
  "block",
  "unblock",
] as const;
const deeds = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat({ max: 2 }),
  other: fc.nat({ max: 2 }),
  at: fc.nat(),
});
type Deed = typeof deeds extends fc.Arbitrary<infer Made> ? Made : never;

async function begin(world: World, round: number): Promise<Scene> {
  const { ctx } = world;
  const people: Scene["people"] = [
    await world.local(`ann${round}`),
    await world.local(`bo${round}`),
    await world.remote(`cy${round}`),
  ];
  const [ann, bo, cy] = people;
  const { conversation } = await transact(ctx, (tx) =>
    findOrBegin(ctx, tx, { author: cy, others: [ann, bo] }),
  );
  const scene: Scene = {
    world,
    people,
    conversationId: conversation.id,
    said: [],
    marks: [0, 0, 0],
    marked: [false, false, false],
    blocks: new Set(),
  };
  await say(scene, { who: 2, at: 0, isLate: false });
  for (const { id: personId } of [ann, bo])
    await answerRequest(ctx, { personId, conversationId: conversation.id, answer: "accepted" });
  return scene;
}

/** Nobody, or one of the three. */
const namedAt = (at: number, author: number): number[] =>
  [[], [0], [1], [2]][at % 4]!.filter((who) => who !== author);

function textAt({ people }: Scene, at: number): string {
  const named = [null, ...people][at % 4];
  return named ? `${at} @${named.handle}@${named.host ?? "a.example"}` : `${at}`;
}

async function say(scene: Scene, { who, at, isLate }: { who: number; at: number; isLate: boolean }) {
  const { world, people, conversationId, said, marks, marked, blocks } = scene;
  const author = people[who]!;
  const sentAt = new Date(world.ctx.now().getTime() - (isLate ? 3_600_000 : 0));
  const key = crypto.randomUUID();
  const remote = {
    uri: `https://b.example/notes/${key}`,
    form: "Note" as const,
    html: null,
    sentAt,
    audience: people.flatMap(({ id }) => (id === author.id ? [] : id)),
    aliases: [],
  };
  const { message } = await postMessage(world.ctx, {
    authorId: author.id,
    conversationId,
    text: textAt(scene, at),
    ...(author.host === null ? { idempotency: { client: "test", key } } : { remote }),
  });
  const { id, position } = message;
  const unseen = new Set([0, 1, 2].filter((reader) => blocks.has(`${reader} ${who}`)));
  said.push({ id, author: who, position, named: namedAt(at, who), isDeleted: false, unseen });
  if (author.host !== null) return;
  marks[who] = position;
  marked[who] = false;
}

async function change(scene: Scene, { kind, who, at }: Deed): Promise<void> {
  const { world, people, said, blocks } = scene;
  const known = said[at % said.length]!;
  const personId = people[who]!.id;
  const of = { personId, messageId: known.id };
  if (kind === "delete") {
    await deleteMessage(world.ctx, of);
    known.isDeleted = true;
  } else if (kind === "hide") {
    await hideMessage(world.ctx, of);
    known.unseen.add(who);
  } else {
    const remote = people[who]!.host === null ? {} : { remote: { html: null, updatedAt: null } };
    const text = `edited ${textAt(scene, at + 1)}`;
    await editMessage(world.ctx, { ...of, ...remote, text });
    known.named = namedAt(at + 1, who);
    // Whoever blocks its author by now is not shown the new text, nor the old one any more.
    for (const reader of [0, 1]) if (blocks.has(`${reader} ${who}`)) known.unseen.add(reader);
  }
}

async function read(scene: Scene, { kind, who, at }: Deed): Promise<void> {
  const { world, people, conversationId, said, marks, marked } = scene;
  const { ctx } = world;
  const personId = people[who]!.id;
  if (kind === "mark") {
    await changeMembership(ctx, { personId, conversationId, change: { markedUnread: true } });
    marked[who] = true;
  } else if (kind === "read all") {
    const wasLeft = counts(scene, who).unread > 0 || marked[who]!;
    await readAll(ctx, personId);
    if (wasLeft) marks[who] = said.length;
    marked[who] = false;
  } else {
    const position = (at % said.length) + 1;
    await markRead(ctx, { personId, conversationId, position });
    marks[who] = Math.max(marks[who]!, position);
    marked[who] = false;
  }
}

async function relate({ world, people, blocks }: Scene, { kind, who, other, at }: Deed): Promise<void> {
  const pair = { personId: people[who]!.id, otherId: people[other]!.id };
  if (kind === "unblock") {
    await unblockPerson(world.ctx, pair);
    blocks.delete(`${who} ${other}`);
  } else {
    await blockPerson(world.ctx, { ...pair, kind: at % 2 === 0 ? "open" : "silent" });
    blocks.add(`${who} ${other}`);
  }
}

/** Takes one step; what is refused changes nothing, here as there. */
async function take(scene: Scene, deed: Deed): Promise<void> {
  scene.world.pass(1_000);
  const { kind, who } = deed;
  try {
    if (kind === "late") await say(scene, { ...deed, who: 2, isLate: true });
    else if (kind === "say") await say(scene, { ...deed, isLate: false });
    else if (kind === "edit" || kind === "delete" || kind === "hide")
      await change(scene, { ...deed, who: kind === "hide" ? who % 2 : who });
    else if (kind === "block" || kind === "unblock") await relate(scene, { ...deed, who: who % 2 });
    else await read(scene, { ...deed, who: who % 2 });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function counts({ said, marks }: Scene, who: number) {
  const unread = said.filter(
    ({ author, position, isDeleted, unseen }) =>
      author !== who && position > marks[who]! && !isDeleted && !unseen.has(who),
  );
  return { unread: unread.length, unreadMentions: unread.filter(({ named }) => named.includes(who)).length };
}

test("what is unread is what a plain count says, in every session; a mark never falls, and whoever has read to the end has nothing left", async () => {
  const world = await createWorld();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deeds, { minLength: 5, maxLength: 25 }), async (script) => {
      round += 1;
      const scene = await begin(world, round);
      const { people, conversationId, marks, marked } = scene;
      const locals = [0, 0, 1, 1];
      const sessions = await Promise.all(locals.map((who) => openSession(world, people[who]!)));
      const before = [0, 0];
      const check = async () => {
        for (const [index, session] of sessions.entries()) {
          const who = locals[index]!;
          await session.settled();
          const expected = { ...counts(scene, who), readPosition: marks[who], markedUnread: marked[who] };
          expect(session.state().conversations[conversationId]!.membership).toMatchObject(expected);
          const { unread, unreadMentions, member } = await readSide(world, people[who]!.id, conversationId);
          const { readPosition, markedUnread } = member;
          expect({ unread, unreadMentions, readPosition, markedUnread }).toEqual(expected);
          expect(readPosition).toBeGreaterThanOrEqual(before[who]!);
          before[who] = readPosition;
        }
      };
      for (const [index, deed] of script.entries()) {
        await take(scene, deed);
        // Sometimes several things happen before anybody looks.
        if (index % 3 !== 0) await check();
      }
      for (const who of [0, 1]) await read(scene, { kind: "read all", who, other: 0, at: 0 });
      await check();
      for (const session of sessions) {
        const { membership } = session.state().conversations[conversationId]!;
        expect(membership).toMatchObject({ unread: 0, unreadMentions: 0, markedUnread: false });
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
}, 240_000);

async function readSide({ ctx }: World, personId: PersonId, conversationId: ConversationId) {
  return await readConversation(ctx, { personId, conversationId });
}
