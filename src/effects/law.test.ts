import fc from "fast-check";
import { expect, test } from "vitest";
import { answerRequest, chooseSharing, markRead } from "#domain/conversations.ts";
import { cancelDeliveries, retryDeliveries } from "#domain/deliveries.ts";
import type { DomainEvent } from "#domain/events.ts";
import { leaseLanes, nextDelivery, releaseLane } from "#domain/lanes.ts";
import { settleDelivery, type Outcome } from "#domain/settle.ts";
import { deleteMessage, editMessage, hideMessage } from "#domain/messages/change.ts";
import { saveMessage, unsaveMessage } from "#domain/messages/keep.ts";
import { pinMessage, unpinMessage } from "#domain/messages/pin.ts";
import { addReaction, removeReaction } from "#domain/messages/react.ts";
import { deleteRemotePerson, moveRemotePerson, saveRemotePerson, type PersonRow } from "#domain/people.ts";
import { changePreferences } from "#domain/preferences.ts";
import { listConversations, listMessages, readChanges } from "#domain/read.ts";
import { readPersonalChanges } from "#domain/personal-changes.ts";
import { blockPerson, mutePerson, unblockPerson, unmutePerson } from "#domain/relations/change.ts";
import { readOwn } from "#domain/relations/read.ts";
import { Refusal } from "#lib/refusal.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import { presentCaughtUp, presentPersonalChange } from "#present/changes.ts";
import { presentView } from "#present/conversations.ts";
import { presentDeliveries, presentMessage } from "#present/messages.ts";
import { presentOwn } from "#present/relations.ts";
import { apply, applyConversationPage, applyOwn, applyPersonalPage } from "#protocol/apply.ts";
import type { Change } from "#protocol/changes.ts";
import { nothing, type ChatState, type Missing } from "#protocol/state.ts";
import { isSignal, type SignalFrame } from "#protocol/socket.ts";
import { createHub, type Wire } from "#realtime/hub.ts";
import { Presence } from "#realtime/presence.ts";
import { createWorld, type World } from "../../test/helpers/world.ts";
import { runEffects } from "./index.ts";

// The law: whatever happens, what a client makes of the frames it was sent equals what it would fetch afterwards.

const deeds = [
  "edit",
  "delete",
  "hide",
  "read",
  "react",
  "unreact",
  "pin",
  "unpin",
  "save",
  "unsave",
] as const;

type Step =
  | { do: "say" | "retry" | "cancel" | (typeof deeds)[number]; who: 0 | 1; at: number }
  | { do: "change"; to: "name" | "handle" | "gone" | "moved"; at: number }
  | { do: "answer"; who: 0 | 1; answer: "accepted" | "declined" }
  | { do: "block" | "mute"; who: 0 | 1; kind: "open" | "silent" | null }
  | { do: "share"; who: 0 | 1; choice: boolean | null }
  | { do: "prefer"; who: 0 | 1; receipts: boolean }
  | { do: "deliver"; outcome: Outcome["state"] };

const who = fc.constantFrom<(0 | 1)[]>(0, 1);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("say" as const), who, at: fc.nat() }) },
  fc.record({
    do: fc.constantFrom(...deeds),
    who,
    at: fc.nat(),
  }),
  fc.record({
    do: fc.constantFrom("retry" as const, "cancel" as const),
    who: fc.constant(0 as const),
    at: fc.nat(),
  }),
  fc.record({
    do: fc.constant("answer" as const),
    who,
    answer: fc.constantFrom("accepted" as const, "declined" as const),
  }),
  fc.record({ do: fc.constant("share" as const), who, choice: fc.constantFrom(true, false, null) }),
  fc.record({ do: fc.constant("prefer" as const), who, receipts: fc.boolean() }),
  fc.record({
    do: fc.constantFrom("block" as const, "mute" as const),
    who,
    kind: fc.constantFrom("open" as const, "silent" as const, null),
  }),
  fc.record({
    do: fc.constant("change" as const),
    to: fc.constantFrom("name" as const, "handle" as const, "gone" as const, "moved" as const),
    at: fc.nat({ max: 3 }),
  }),
  fc.record({
    do: fc.constant("deliver" as const),
    outcome: fc.constantFrom("accepted" as const, "refused" as const, "retry" as const),
  }),
);

const scripts = fc.array(steps, { minLength: 1, maxLength: 25 });

test("what a client makes of the frames equals what it fetches, whatever happens in whatever order", async () => {
  const world = await createWorld();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(scripts, fc.boolean(), fc.boolean(), async (script, abroad, hurried) => {
      round += 1;
      const ann = await world.local(`ann${round}`);
      const bo = abroad ? await world.remote(`bo${round}`) : await world.local(`bo${round}`);
      // A server of our own kind, which hears of read marks too.
      await world.connection.sql`update person set signals = ${bo.uri} where id = ${bo.id}`;
      const viewers = [ann, bo].filter(({ host }) => host === null);
      const sessions = await Promise.all(viewers.map((person) => openSession(world, person)));
      const conversationId = await world.between(ann, bo);
      const scene = { world, people: [ann, bo] as const, conversationId, posted: [] as MessageId[] };
      for (const step of script) {
        await take(scene, step);
        if (!hurried) await Promise.all(sessions.map((session) => session.settled()));
      }
      for (const session of sessions) {
        await session.settled();
        // Frames alone are enough, once somebody has met the conversation, unless many things happen before one is made.
        const needed = session.person === ann ? 0 : 1;
        expect(hurried ? needed : session.fetches()).toBeLessThanOrEqual(needed);
        expect(shown(session.state())).toEqual(await fetchState(world, session.person.id));
      }
    }),
    { numRuns: 40 },
  );
}, 240_000);

/** A session that makes its state of frames, and fetches only what `apply` says is missing. */
async function openSession(world: World, person: PersonRow) {
  const hub = createHub();
  let state = await fetchState(world, person.id);
  let fetches = 0;
  const missing: Missing[] = [];
  const catchUp = async (): Promise<void> => {
    for (const miss of missing.splice(0)) {
      if (miss.kind !== "everything") fetches += 1;
      state = await fetchMissing(world, state, miss);
    }
    // Whoever meets a conversation in which something was said already opens it.
    for (const id of Object.keys(state.conversations)) state = await open(world, state, id as ConversationId);
  };
  const wire: Wire = {
    bufferedAmount: 0,
    send: (frame) => {
      const sent = JSON.parse(Buffer.from(frame).toString()) as Change | SignalFrame;
      if (isSignal(sent)) return;
      const applied = apply(state, sent);
      state = applied.state;
      if (applied.missing !== null) missing.push(applied.missing);
    },
    ping: () => {},
    close: () => {},
    terminate: () => {},
    on: () => {},
  };
  hub.add({ personId: person.id, sessionId: person.id, wire });
  const presence = new Presence({ node: "one", now: Date.now, signal: () => {} });
  const node = { ctx: world.ctx, hub, presence, abroad: null, lanes: null, servers: null };
  let queue = Promise.resolve();
  world.onCommit((events: readonly DomainEvent[]) => {
    for (const event of events) {
      queue = queue.then(() => runEffects(node, event, true)).then(catchUp);
    }
  });
  return { person, state: () => state, fetches: () => fetches, settled: () => queue };
}

/** What a client does about a gap: it asks for the changes after the last number that it knows. */
async function fetchMissing(world: World, state: ChatState, missing: Missing): Promise<ChatState> {
  const { ctx } = world;
  const personId = state.me as PersonId;
  if (missing.kind === "everything") return await fetchState(world, personId);
  const { after } = missing;
  if (missing.kind === "conversation") {
    const conversationId = missing.conversationId as ConversationId;
    const { messages, through, more, view } = await readChanges(ctx, {
      personId,
      conversationId,
      after,
      limit: 100,
    });
    const changes = messages.map(presentCaughtUp);
    const page = { changes, through, more, view: view && presentView(ctx.settings, view) };
    return applyConversationPage(state, page);
  }
  const { changes, through, more } = await readPersonalChanges(ctx, { personId, after, limit: 100 });
  const page = { changes: changes.map(presentPersonalChange), through, more };
  const applied = applyPersonalPage(state, page);
  let next = applied.state;
  for (const miss of applied.missing) next = await fetchMissing(world, next, miss);
  return next;
}

/** Loads the newest page of a conversation that is met for the first time. */
async function open(world: World, state: ChatState, conversationId: ConversationId): Promise<ChatState> {
  const known = state.conversations[conversationId]!;
  if (known.window !== null) return state;
  const personId = state.me as PersonId;
  const list = await listMessages(world.ctx, { personId, conversationId, at: null, limit: 100 });
  const window = {
    messages: list.messages.map(presentMessage),
    hasBefore: list.hasBefore,
    hasAfter: list.hasAfter,
  };
  const opened = { ...known, window, deliveries: presentDeliveries(list.deliveries), saved: list.saved };
  return { ...state, conversations: { ...state.conversations, [conversationId]: opened } };
}

/** Without the states of messages that are not shown: a client may forget or keep them. */
function shown(state: ChatState): ChatState {
  const conversations = Object.entries(state.conversations).map(([id, known]) => {
    const ids = new Set(known.window?.messages.map((message) => message.id));
    const deliveries = Object.fromEntries(
      Object.entries(known.deliveries).filter(([message]) => ids.has(message)),
    );
    return [id, { ...known, deliveries, saved: known.saved.filter((id) => ids.has(id)).toSorted() }] as const;
  });
  return { ...state, conversations: Object.fromEntries(conversations) };
}

interface Scene {
  world: World;
  people: readonly [PersonRow, PersonRow];
  conversationId: ConversationId;
  posted: MessageId[];
}

async function take(scene: Scene, step: Step): Promise<void> {
  try {
    await tryStep(scene, step);
  } catch (error) {
    // Not everything that a script asks for is allowed; what is refused must change nothing.
    if (!(error instanceof Refusal)) throw error;
  }
}

async function tryStep(scene: Scene, step: Step): Promise<void> {
  const { world, conversationId, posted } = scene;
  const { ctx } = world;
  world.pass(1_000);
  if (step.do === "deliver") return deliver(world, step.outcome);
  if (step.do === "change") return await changePerson(scene, step);
  const person = scene.people[step.who];
  const personId = person.id;
  if ("kind" in step) return relate(ctx, scene, step);
  if (step.do === "answer") return answerRequest(ctx, { personId, conversationId, answer: step.answer });
  const isOurs = person.host === null;
  if (step.do === "share") {
    if (!isOurs) return;
    return chooseSharing(ctx, { personId, conversationId, sharing: { receipts: step.choice } });
  }
  if (step.do === "prefer") {
    if (!isOurs) return;
    await changePreferences(ctx, { personId, change: { receipts: step.receipts } });
    return;
  }
  if (step.do === "say") {
    posted.push((await world.say(person, conversationId, `${step.at}`)).id);
    return;
  }
  if (step.do === "read")
    return markRead(ctx, { personId, conversationId, position: step.at % (posted.length + 1) });
  const messageId = posted[step.at % Math.max(posted.length, 1)];
  if (messageId === undefined) return;
  if (step.do === "edit") await editMessage(ctx, { personId, messageId, text: `edited ${step.at}` });
  if (step.do === "delete") await deleteMessage(ctx, { personId, messageId });
  if (step.do === "retry") await retryDeliveries(ctx, { personId, messageId });
  if (step.do === "cancel") await cancelDeliveries(ctx, { personId, messageId });
  if (step.do === "hide") await hideMessage(ctx, { personId, messageId });
  const emoji = ["👍", "🎉"][step.at % 2]!;
  if (step.do === "react") await addReaction(ctx, { personId, messageId, emoji });
  if (step.do === "unreact") await removeReaction(ctx, { personId, messageId, emoji });
  if (step.do === "pin") await pinMessage(ctx, { personId, messageId });
  if (step.do === "unpin") await unpinMessage(ctx, { personId, messageId });
  if (step.do === "save") await saveMessage(ctx, { personId, messageId });
  if (step.do === "unsave") await unsaveMessage(ctx, { personId, messageId });
}

async function relate(
  ctx: World["ctx"],
  { people }: Scene,
  { do: what, who, kind }: Extract<Step, { do: "block" | "mute" }>,
): Promise<void> {
  if (people[who].host !== null) return;
  const pair = { personId: people[who].id, otherId: people[1 - who]!.id };
  if (what === "block" && kind === null) await unblockPerson(ctx, pair);
  else if (what === "block") await blockPerson(ctx, { ...pair, kind: kind! });
  else if (kind === null) await unmutePerson(ctx, pair);
  else await mutePerson(ctx, { ...pair, until: kind === "open" ? null : new Date(0) });
}

/** What another server says of its person. */
async function changePerson({ world: { ctx }, people }: Scene, step: Step & { do: "change" }): Promise<void> {
  const { uri, host, handle, kind, profileUrl, inbox } = people[1];
  if (uri === null || host === null) return;
  const said = {
    uri,
    host,
    handle,
    kind,
    profileUrl,
    inbox,
    name: step.to === "name" ? `Bo ${step.at}` : "Bo",
  };
  if (step.to === "gone") return await deleteRemotePerson(ctx, { uri });
  if (step.to !== "moved")
    return void (await saveRemotePerson(ctx, {
      ...said,
      handle: step.to === "handle" ? `${handle}${step.at}` : handle,
    }));
  const next = await saveRemotePerson(ctx, { ...said, uri: `${uri}/next`, handle: `next${step.at}` });
  await moveRemotePerson(ctx, { uri, toId: next.id });
}

async function deliver(world: World, state: Outcome["state"]): Promise<void> {
  const outcome: Outcome = state === "accepted" ? { state } : { state, reason: "http_500" };
  for (const lane of await leaseLanes(world.ctx, { limit: 10, leaseMs: 60_000 })) {
    const delivery = await nextDelivery(world.ctx, lane);
    if (delivery === null) {
      await releaseLane(world.ctx, lane);
      continue;
    }
    const { goOn } = await settleDelivery(world.ctx, { lane, deliveryId: delivery.id, outcome });
    if (goOn) await releaseLane(world.ctx, lane);
  }
  world.pass(60_000);
}

/** All that the API would answer to this person now. */
async function fetchState(world: World, personId: PersonId): Promise<ChatState> {
  const { ctx } = world;
  const own = presentOwn(await readOwn(ctx, personId));
  const conversations: Record<string, ChatState["conversations"][string]> = {};
  for (const state of ["accepted", "request", "declined"] as const) {
    const { views } = await listConversations(ctx, {
      personId,
      state: state as "accepted",
      before: null,
      limit: 100,
    });
    for (const view of views) {
      const conversationId = view.conversation.id;
      const list = await listMessages(ctx, { personId, conversationId, at: null, limit: 100 });
      const { hasBefore, hasAfter } = list;
      conversations[conversationId] = {
        ...presentView(ctx.settings, view),
        window: { messages: list.messages.map(presentMessage), hasBefore, hasAfter },
        deliveries: presentDeliveries(list.deliveries),
        saved: list.saved.toSorted(),
      };
    }
  }
  const { number } = own;
  return applyOwn({ ...nothing, me: personId, number, conversations }, own);
}
