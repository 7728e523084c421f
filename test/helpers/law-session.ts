import type { DomainEvent } from "#domain/events.ts";
import type { PersonRow } from "#domain/people.ts";
import { readPersonalChanges } from "#domain/personal-changes.ts";
import { listConversations, listMessages, readChanges } from "#domain/read.ts";
import { readOwn } from "#domain/relations/read.ts";
import { runEffects } from "#effects/index.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { presentCaughtUp, presentPersonalChange } from "#present/changes.ts";
import { presentView } from "#present/conversations.ts";
import { presentDeliveries, presentMessage } from "#present/messages.ts";
import { presentOwn } from "#present/relations.ts";
import { apply, applyConversationPage, applyOwn, applyPersonalPage } from "#protocol/apply.ts";
import type { Change } from "#protocol/changes.ts";
import { isSignal, type ServerFrame } from "#protocol/socket.ts";
import { nothing, type ChatState, type Missing } from "#protocol/state.ts";
import { createHub, type Wire } from "#realtime/hub.ts";
import { Presence } from "#realtime/presence.ts";
import type { World } from "./world.ts";

/** A session that makes its state of frames, and fetches only what `apply` says is missing. */
export async function openSession(world: World, person: PersonRow) {
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
  const hear = (sent: ServerFrame): void => {
    if (isSignal(sent)) return;
    const applied = apply(state, sent as Change);
    state = applied.state;
    if (applied.missing !== null) missing.push(applied.missing);
  };
  const { hub } = listenIn(person, hear);
  const presence = new Presence({ node: "one", now: Date.now, signal: () => {} });
  const node = { ctx: world.ctx, hub, presence, abroad: null, lanes: null, indexing: null, servers: null };
  let queue = Promise.resolve();
  world.onCommit((events: readonly DomainEvent[]) => {
    for (const event of events) {
      queue = queue.then(() => runEffects(node, event, true)).then(catchUp);
    }
  });
  return { person, state: () => state, fetches: () => fetches, settled: () => queue };
}

/** A hub in which one socket of somebody listens; answers what it was sent, in order. */
export function listenIn({ id }: PersonRow, hear: (frame: ServerFrame) => void = () => {}) {
  const hub = createHub();
  const frames: ServerFrame[] = [];
  const wire: Wire = {
    bufferedAmount: 0,
    write: (bytes) => {
      const frame = JSON.parse(payloadOf(bytes)) as ServerFrame;
      frames.push(frame);
      hear(frame);
    },
    ping: () => {},
    close: () => {},
    terminate: () => {},
    on: () => {},
  };
  hub.add({ personId: id, sessionId: id, wire });
  return { hub, frames };
}

/** The text of a frame: behind two bytes, or four or ten where it is longer than the second of them can say. */
function payloadOf(frame: Uint8Array): string {
  const [, length = 0] = frame;
  return Buffer.from(frame.subarray(length < 126 ? 2 : length === 126 ? 4 : 10)).toString();
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
  const page = {
    changes: changes.map((change) => presentPersonalChange(ctx.settings, change)),
    through,
    more,
  };
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
export function shown(state: ChatState): ChatState {
  const conversations = Object.entries(state.conversations).map(([id, known]) => {
    const ids = new Set(known.window?.messages.map((message) => message.id));
    const deliveries = Object.fromEntries(
      Object.entries(known.deliveries).filter(([message]) => ids.has(message)),
    );
    return [id, { ...known, deliveries, saved: known.saved.filter((id) => ids.has(id)).toSorted() }] as const;
  });
  return { ...state, conversations: Object.fromEntries(conversations) };
}

/** All that the API would answer to this person now. */
export async function fetchState(world: World, personId: PersonId): Promise<ChatState> {
  const { ctx } = world;
  const own = presentOwn(ctx.settings, await readOwn(ctx, personId));
  const conversations: Record<string, ChatState["conversations"][string]> = {};
  for (const state of ["accepted", "request", "declined", "left", "removed", "banned"] as const) {
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
