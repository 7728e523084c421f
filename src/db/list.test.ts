import fc from "fast-check";
import { expect, test } from "vitest";
import { answerRequest } from "#domain/conversations.ts";
import { changeMembership } from "#domain/membership.ts";
import { hideMessage } from "#domain/messages/change.ts";
import { blockPerson, unblockPerson } from "#domain/relations/change.ts";
import { readConversation } from "#domain/read.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { findPlaces, type ListFilter, type ListPlace, type Source } from "./list.ts";
import type { PersonRow } from "./people.ts";

const all: ListFilter = { states: ["accepted"], archived: null, folderId: null, isUnread: false, name: null };
const deeds = fc.record({
  kind: fc.constantFrom("say", "say", "hide", "block", "unblock", "pin", "unpin", "archive"),
  at: fc.nat({ max: 5 }),
});
type Deed = typeof deeds extends fc.Arbitrary<infer Made> ? Made : never;

interface Scene {
  world: World;
  ann: PersonRow;
  others: PersonRow[];
  ids: ConversationId[];
  said: MessageId[];
}

async function createScene(world: World, round: number): Promise<Scene> {
  const ann = await world.local(`ann${round}`);
  const scene: Scene = { world, ann, others: [], ids: [], said: [] };
  for (let index = 0; index < 6; index += 1) {
    const other = await world.local(`bo${round}x${index}`);
    const conversationId = await world.between(other, ann);
    world.pass(1_000);
    await world.say(other, conversationId, "hello");
    await answerRequest(world.ctx, { personId: ann.id, conversationId, answer: "accepted" });
    scene.others.push(other);
    scene.ids.push(conversationId);
  }
  return scene;
}

async function take({ world, ann, others, ids, said }: Scene, { kind, at }: Deed): Promise<void> {
  const { ctx } = world;
  world.pass(1_000);
  const [other, conversationId] = [others[at]!, ids[at]!];
  const side = { personId: ann.id, conversationId };
  const pair = { personId: ann.id, otherId: other.id };
  if (kind === "say") {
    const { id, withheldFrom } = await world.say(other, conversationId, "again");
    if (withheldFrom.length === 0) said.push(id);
  } else if (kind === "block") await blockPerson(ctx, { ...pair, kind: "silent" });
  else if (kind === "unblock") await unblockPerson(ctx, pair);
  else if (kind === "archive") await changeMembership(ctx, { ...side, change: { archived: true } });
  else if (kind === "hide") {
    const messageId = said.pop();
    if (messageId !== undefined) await hideMessage(ctx, { personId: ann.id, messageId });
  } else await changeMembership(ctx, { ...side, change: { pinned: kind === "pin" } });
}

/** What the list must be, by looking at each conversation by itself. */
async function expectedOf({ world: { ctx }, ann, ids }: Scene) {
  const views = await Promise.all(
    ids.map((conversationId) => readConversation(ctx, { personId: ann.id, conversationId })),
  );
  const places = views.map(({ member, archivedAt, activityAt, conversation: { id } }) => {
    return { isPinned: member.pinnedAt !== null, isArchived: archivedAt !== null, activityAt, id };
  });
  return places.toSorted(
    (a, b) =>
      Number(b.isPinned) - Number(a.isPinned) ||
      b.activityAt.getTime() - a.activityAt.getTime() ||
      (a.id < b.id ? 1 : -1),
  );
}

async function allPages(
  { ctx }: World,
  asked: { personId: PersonId; filter: ListFilter },
  cut: { limit: number; sources: readonly Source[] },
): Promise<ConversationId[]> {
  const found: ListPlace[] = [];
  for (;;) {
    const page = await findPlaces(ctx.db, asked, { ...cut, before: found.at(-1) ?? null });
    found.push(...page);
    if (page.length < cut.limit) return found.map(({ id }) => id);
  }
}

test("the list is in the order of what its reader saw last, wherever it is read from and however it is cut", async () => {
  const world = await createWorld();
  let round = 0;
  const scripts = fc.array(deeds, { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(scripts, fc.integer({ min: 1, max: 4 }), async (script, limit) => {
      round += 1;
      const scene = await createScene(world, round);
      for (const deed of script) await take(scene, deed);
      const expected = await expectedOf(scene);
      for (const archived of [null, true, false]) {
        const wanted = expected.filter(({ isArchived }) => archived === null || isArchived === archived);
        const asked = { personId: scene.ann.id, filter: { ...all, archived } };
        for (const sources of [[null], [3, 20, null], [1, null]])
          expect(await allPages(world, asked, { limit, sources })).toEqual(wanted.map(({ id }) => id));
      }
    }),
    { numRuns: 8 },
  );
}, 240_000);

test("whoever came to a group later than anything was said stands where they came", async () => {
  const world = await createWorld();
  const [ann, bo] = [await world.local("ann"), await world.local("bo")];
  const conversationId = await world.between(bo, ann);
  await world.say(bo, conversationId, "before ann");
  const other = await world.between(ann, await world.local("cy"));
  world.pass(1_000);
  await world.say(ann, other, "first");
  world.pass(1_000);
  await world.connection.sql`
    update member set state = 'accepted', number = 1, history_after = 1, joined_at = ${world.ctx.now().toISOString()}
    where conversation_id = ${conversationId} and person_id = ${ann.id}`;
  const asked = { personId: ann.id, filter: all };
  for (const sources of [[null], [1, null]]) {
    const places = await findPlaces(world.ctx.db, asked, { before: null, limit: 1, sources });
    expect(places.map(({ id }) => id)).toEqual([conversationId]);
  }
});

test("a conversation is found by its title and by who is in it, case and accents aside", async () => {
  const world = await createWorld();
  const ann = await world.local("ann");
  const [zoe, bo] = [await world.local("zoe"), await world.remote("bo", "b.example")];
  await world.connection.sql`update person set name = 'Zoë Ångström' where id = ${zoe.id}`;
  const [one, two] = [await world.between(ann, zoe), await world.between(ann, bo)];
  await world.connection.sql`update conversation set title = 'ÉTÉ 100%' where id = ${two}`;
  const sought: [string, ConversationId[]][] = [
    ["angstrom", [one]],
    ["ZOE", [one]],
    ["@zoe", [one]],
    ["@bo@b.ex", [two]],
    ["ete 100%", [two]],
    ["ann", []],
    ["_", []],
  ];
  for (const [name, ids] of sought) {
    const asked = { personId: ann.id, filter: { ...all, name } };
    const places = await findPlaces(world.ctx.db, asked, { before: null, limit: 9 });
    expect([name, places.map(({ id }) => id)]).toEqual([name, ids]);
  }
});
