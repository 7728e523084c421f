import fc from "fast-check";
import { expect, test } from "vitest";
import { createGroup } from "#domain/groups/create.ts";
import type { Decision } from "#domain/groups/decision.ts";
import {
  changeGroup,
  forgetGroup,
  leaveGroup,
  removeMember,
  setMemberRole,
  transferGroup,
  unbanPerson,
} from "#domain/groups/verbs.ts";
import { markRead } from "#domain/membership.ts";
import { deleteMessage, editMessage } from "#domain/messages/change.ts";
import { pinMessage } from "#domain/messages/pin.ts";
import { addReaction } from "#domain/messages/react.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { ChatState } from "#protocol/state.ts";
import { decided } from "../../test/helpers/groups.ts";
import { fetchState, openSession, shown } from "../../test/helpers/law-session.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";

// The same law for groups, whose people come and go: also for whoever is in one no more.

interface Scene {
  world: World;
  id: ConversationId;
  people: readonly PersonRow[];
  posted: MessageId[];
}

const deeds = {
  say: async ({ world, id, posted }: Scene, actor: PersonRow) =>
    void posted.push((await world.say(actor, id, "hello")).id),
  edit: onMessage((world, of) => editMessage(world.ctx, { ...of, text: `edited ${Math.random()}` })),
  delete: onMessage((world, of) => deleteMessage(world.ctx, of)),
  react: onMessage((world, of) => addReaction(world.ctx, { ...of, emoji: "👍" })),
  pin: onMessage((world, of) => pinMessage(world.ctx, of)),
  read: ({ world, id }: Scene, { id: personId }: PersonRow) =>
    markRead(world.ctx, { personId, conversationId: id, position: 2 }),
  join: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) => {
    const decision: Decision = { type: "join", personId: other.id, role: "member", by: actor.id };
    return decided(world, id, [decision]);
  },
  succeed: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) => {
    const place = { personId: other.id, fromId: actor.id, fromAddress: `@${actor.handle}@a.example` };
    const decision: Decision = { type: "succeed", ...place, role: "member", by: other.id, isKnown: true };
    return actor === other ? Promise.resolve() : decided(world, id, [decision]);
  },
  leave: ({ world, id }: Scene, { id: personId }: PersonRow) =>
    leaveGroup(world.ctx, { personId, conversationId: id }),
  remove: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) =>
    removeMember(world.ctx, { personId: actor.id, conversationId: id, otherId: other.id, ban: false }),
  ban: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) =>
    removeMember(world.ctx, { personId: actor.id, conversationId: id, otherId: other.id, ban: true }),
  unban: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) =>
    unbanPerson(world.ctx, { personId: actor.id, conversationId: id, otherId: other.id }),
  promote: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) =>
    setMemberRole(world.ctx, { personId: actor.id, conversationId: id, otherId: other.id, role: "admin" }),
  transfer: ({ world, id }: Scene, actor: PersonRow, other: PersonRow) =>
    transferGroup(world.ctx, { personId: actor.id, conversationId: id, otherId: other.id }),
  rename: ({ world, id, posted }: Scene, { id: personId }: PersonRow) =>
    changeGroup(world.ctx, { personId, conversationId: id, change: { title: `Band ${posted.length}` } }),
  history: ({ world, id }: Scene, { id: personId }: PersonRow) =>
    changeGroup(world.ctx, { personId, conversationId: id, change: { history: "all" } }),
  forget: ({ world, id }: Scene, { id: personId }: PersonRow) =>
    forgetGroup(world.ctx, { personId, conversationId: id }),
};

type Act = (world: World, of: { personId: PersonRow["id"]; messageId: MessageId }) => Promise<unknown>;

function onMessage(act: Act) {
  return async ({ world, posted }: Scene, { id: personId }: PersonRow) => {
    const messageId = posted.at(-1);
    if (messageId !== undefined) await act(world, { personId, messageId });
  };
}

const person = fc.nat({ max: 2 });
const names = Object.keys(deeds) as (keyof typeof deeds)[];
const steps = fc.array(fc.tuple(fc.constantFrom(...names, "say", "join", "join"), person, person), {
  minLength: 1,
  maxLength: 25,
});

/** Who goes and comes back before their sessions heard of either. */
const back: [string, number, number][] = [
  ["join", 0, 1],
  ["say", 1, 1],
  ["leave", 1, 1],
  ["join", 0, 1],
];

test("what a client makes of the frames of a group equals what it fetches, whoever comes and goes", async () => {
  const world = await createWorld();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (script, hurried) => {
      round += 1;
      const people = await Promise.all(["ann", "bo", "cy"].map((name) => world.local(`${name}${round}`)));
      const sessions = await Promise.all(people.map((each) => openSession(world, each)));
      const id = await createGroup(world.ctx, { personId: people[0]!.id, title: "Band" });
      const scene: Scene = { world, id, people, posted: [] };
      for (const [name, actor, other] of script) {
        world.pass(1_000);
        await permitted(() => deeds[name as keyof typeof deeds](scene, people[actor]!, people[other]!));
        if (!hurried) await Promise.all(sessions.map((session) => session.settled()));
      }
      for (const session of sessions) {
        await session.settled();
        const fetched = await fetchState(world, session.person.id);
        expect(standing(shown(session.state()), fetched)).toEqual(standing(fetched, fetched));
      }
    }),
    { numRuns: 40, examples: [[back, true]] },
  );
}, 240_000);

/** Not everything that a script asks for is allowed; what is refused must change nothing. */
async function permitted(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** To whoever went nobody says that a message is gone; its words are gone all the same, and shown when it is fetched. */
function standing(state: ChatState, fetched: ChatState): ChatState {
  const conversations = Object.entries(state.conversations).map(([id, known]) => {
    if (known.membership.state === "accepted") return [id, known] as const;
    const messages = fetched.conversations[id]?.window?.messages ?? [];
    const gone = new Set(messages.flatMap((message) => (message.deletedAt === null ? [] : message.id)));
    const { lastMessage } = known.membership;
    const last = lastMessage !== null && gone.has(lastMessage.id) ? null : lastMessage;
    const left = known.window?.messages.filter((message) => !gone.has(message.id)) ?? [];
    return [
      id,
      {
        ...known,
        membership: { ...known.membership, lastMessage: last },
        window: known.window && { ...known.window, messages: left },
      },
    ] as const;
  });
  return { ...state, conversations: Object.fromEntries(conversations) };
}
