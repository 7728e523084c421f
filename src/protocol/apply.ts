import type { Change, ChangeName, ChangeOf } from "./changes.ts";
import type { ChangePage, ConversationChangePage, ConversationView, Own } from "./api.ts";
import { previewOf } from "./preview.ts";
import type { Applied, ChatState, ConversationState, Missing, Window } from "./state.ts";
import type { Membership, Message, Relation } from "./types.ts";

type Appliers = { readonly [Name in ChangeName]: (state: ChatState, change: ChangeOf<Name>) => Applied };

/**
 * Applies one live change. The law of the product: `apply(before, changes)` equals the state fetched after.
 * A change that was seen already leaves the state as it is; one that cannot be applied names what to fetch.
 */
export function apply(state: ChatState, change: Change): Applied {
  const applier = appliers[change.type] as (state: ChatState, change: Change) => Applied;
  return applier(state, change);
}

/** Applies a page of `changes after N` (each object once, in its latest shape). Only a last page moves the revision. */
export function applyConversationPage(state: ChatState, page: ConversationChangePage): ChatState {
  let next = state;
  for (const change of page.changes) {
    if (!("message" in change)) continue;
    const known = next.conversations[change.conversationId];
    if (known !== undefined) next = put(next, { ...known, window: upsert(known.window, change.message) });
  }
  return page.view === null ? next : takeOver(next, page.view);
}

/**
 * Takes over a fetched summary of a conversation, unless live changes have already led us further than it.
 * A summary that leaps over changes leaves no certain window, so the window is forgotten; to keep it, fetch the changes.
 */
export function applyView(state: ChatState, view: ConversationView): ChatState {
  const known = state.conversations[view.conversation.id];
  const leaps = known !== undefined && view.conversation.revision > known.conversation.revision;
  return takeOver(leaps ? put(state, { ...known, window: null }) : state, view);
}

/** Applies a page of the viewer's own changes and moves their number to `through`. */
export function applyPersonalPage(
  state: ChatState,
  page: ChangePage,
): { state: ChatState; missing: Missing[] } {
  const missing: Missing[] = [];
  let next = state;
  for (const change of page.changes) {
    if (!("number" in change)) continue;
    const applied = apply({ ...next, number: change.number - 1 }, change);
    next = applied.state;
    if (applied.missing !== null) missing.push(applied.missing);
  }
  return { state: { ...next, number: page.through }, missing };
}

/** Takes over what was fetched of the viewer's own; their number stays, for it says which changes were applied. */
export function applyOwn(state: ChatState, { relations, preferences }: Own): ChatState {
  return relations.reduce(relate, { ...state, preferences, relations: {} });
}

const appliers: Appliers = {
  "conversation.created": (state, change) => {
    if (state.conversations[change.conversationId] !== undefined) return done(state);
    const { conversation, membership } = change;
    // Loaded as it is only while nothing was said in it.
    const empty: Window = { messages: [], hasBefore: false, hasAfter: false };
    const window = conversation.lastPosition === 0 ? empty : null;
    return done(put(state, { conversation, membership, window, deliveries: {}, saved: [] }));
  },
  "message.posted": (state, change) =>
    numbered(state, change, (known) => {
      const { message } = change;
      const { readPosition, unread } = known.membership;
      // Whoever writes has read what stands above.
      const isOwn = message.authorId === state.me;
      const counts = !isOwn && message.position > readPosition;
      return {
        ...known,
        conversation: { ...known.conversation, lastPosition: message.position },
        membership: {
          ...known.membership,
          readPosition: isOwn ? Math.max(readPosition, message.position) : readPosition,
          unread: isOwn ? 0 : unread + (counts ? 1 : 0),
          lastMessage: previewOf(message),
          activityAt: message.receivedAt,
        },
        window: upsert(known.window, message),
      };
    }),
  "message.edited": (state, change) => numbered(state, change, (known) => replace(known, change.message)),
  "message.reacted": (state, change) => numbered(state, change, (known) => replace(known, change.message)),
  "message.pinned": (state, change) => numbered(state, change, (known) => replace(known, change.message)),
  "message.deleted": (state, change) =>
    numbered(state, change, (known) => {
      const { authorId, position } = change.message;
      const counted = authorId !== state.me && position > known.membership.readPosition;
      const replaced = replace(known, change.message);
      const unread = replaced.membership.unread - (counted ? 1 : 0);
      return { ...replaced, membership: { ...replaced.membership, unread } };
    }),
  "receipt.changed": (state, change) =>
    numbered(state, change, (known) => {
      const receipts = { ...known.membership.receipts, [change.personId]: change.position };
      return { ...known, membership: { ...known.membership, receipts } };
    }),
  "member.changed": (state, change) =>
    numbered(state, change, (known) => {
      const { person } = change;
      const members = known.conversation.members.map((member) =>
        member.person.id === person.id ? { ...member, person } : member,
      );
      return { ...known, conversation: { ...known.conversation, members } };
    }),
  // Of a conversation that the viewer does not know, what they may not see tells them nothing.
  skip: (state, change) =>
    state.conversations[change.conversationId] === undefined
      ? done(state)
      : numbered(state, change, (known) => known),
  "message.hidden": (state, change) =>
    personal(state, change, (next) => {
      const known = next.conversations[change.conversationId];
      const without = known && put(next, { ...known, window: remove(known.window, change.messageId) });
      return own(without ?? next, change.membership, change.revision);
    }),
  "message.saved": (state, change) =>
    personal(state, change, (next) => {
      const known = next.conversations[change.conversationId];
      return done(known === undefined ? next : put(next, { ...known, saved: keep(known.saved, change) }));
    }),
  "membership.changed": (state, change) =>
    personal(state, change, (next) => own(next, change.membership, change.revision)),
  "relation.changed": (state, change) =>
    personal(state, change, (next) => done(relate(next, change.relation))),
  "preferences.changed": (state, change) =>
    personal(state, change, (next) => {
      const { preferences } = change;
      // Whose read marks are shown anywhere is another matter now.
      const flips = preferences.receipts !== next.preferences.receipts;
      return { state: { ...next, preferences }, missing: flips ? { kind: "everything" } : null };
    }),
  "delivery.changed": (state, change) =>
    personal(state, change, (next) => {
      const known = next.conversations[change.conversationId];
      if (known === undefined) return done(next);
      const deliveries = { ...known.deliveries, [change.messageId]: change.deliveries };
      return done(put(next, { ...known, deliveries }));
    }),
};

function takeOver(state: ChatState, { conversation, membership, deliveries }: ConversationView): ChatState {
  const known = state.conversations[conversation.id];
  const { lastMessage } = membership;
  // Only what left for another server has states.
  const last = lastMessage === null || deliveries.length === 0 ? {} : { [lastMessage.id]: deliveries };
  if (known === undefined)
    return put(state, { conversation, membership, window: null, deliveries: last, saved: [] });
  const { revision } = known.conversation;
  const behind =
    conversation.revision < revision ||
    (conversation.revision === revision && membership.number < known.membership.number);
  if (behind) return state;
  // A state that came live may be newer than the summary; what is older is put right by the viewer's own changes.
  return put(state, { ...known, conversation, membership, deliveries: { ...last, ...known.deliveries } });
}

function done(state: ChatState): Applied {
  return { state, missing: null };
}

function put(state: ChatState, known: ConversationState): ChatState {
  return { ...state, conversations: { ...state.conversations, [known.conversation.id]: known } };
}

/** Runs `step` when the change is exactly the next one of its conversation, and moves the revision. */
function numbered(
  state: ChatState,
  change: { conversationId: string; revision: number },
  step: (known: ConversationState) => ConversationState,
): Applied {
  const { conversationId, revision } = change;
  const known = state.conversations[conversationId];
  const after = known?.conversation.revision ?? 0;
  if (known === undefined) return { state, missing: { kind: "conversation", conversationId, after } };
  if (revision <= after) return done(state);
  if (revision > after + 1) return { state, missing: { kind: "conversation", conversationId, after } };
  const next = step(known);
  return done(put(state, { ...next, conversation: { ...next.conversation, revision } }));
}

/** Runs `step` when the change is exactly the next one of the viewer's own, and moves their number. */
function personal(
  state: ChatState,
  change: { number: number },
  step: (state: ChatState) => Applied,
): Applied {
  if (change.number <= state.number) return done(state);
  if (change.number > state.number + 1) return { state, missing: { kind: "personal", after: state.number } };
  return step({ ...state, number: change.number });
}

/** Takes over the viewer's side of a conversation if it speaks of the very revision that we stand at; else asks. */
function own(state: ChatState, membership: Membership, revision: number): Applied {
  const { conversationId } = membership;
  const known = state.conversations[conversationId];
  const after = known?.conversation.revision ?? 0;
  // A fetched summary may already be newer than this change.
  if (known !== undefined && known.membership.number >= membership.number) return done(state);
  if (known === undefined || after !== revision) {
    return { state, missing: { kind: "conversation", conversationId, after } };
  }
  return done(put(state, { ...known, membership }));
}

/** Keeps only whom the viewer blocks or mutes. */
function relate(state: ChatState, relation: Relation): ChatState {
  const { [relation.personId]: _, ...others } = state.relations;
  const stands = relation.block !== null || relation.muted;
  return { ...state, relations: stands ? { ...others, [relation.personId]: relation } : others };
}

function keep(saved: readonly string[], change: { messageId: string; savedAt: string | null }) {
  const others = saved.filter((id) => id !== change.messageId);
  return change.savedAt === null ? others : [...others, change.messageId];
}

function replace(known: ConversationState, message: Message): ConversationState {
  const { lastMessage } = known.membership;
  const membership =
    lastMessage?.id === message.id
      ? { ...known.membership, lastMessage: previewOf(message) }
      : known.membership;
  return { ...known, membership, window: upsert(known.window, message) };
}

/** Puts a message into the loaded run where it belongs, unless a newer version of it is there already. */
function upsert(window: Window | null, message: Message): Window | null {
  if (window === null) return null;
  const { messages } = window;
  const at = messages.findIndex(({ id }) => id === message.id);
  const current = messages[at];
  if (current !== undefined) {
    return current.revision >= message.revision
      ? window
      : { ...window, messages: messages.with(at, message) };
  }
  // Pages come in the order of the last change: a message that was posted and then edited follows later ones.
  const place = messages.findLastIndex(({ position }) => position < message.position) + 1;
  const beyondStart = place === 0 && window.hasBefore;
  const beyondEnd = place === messages.length && window.hasAfter;
  if (beyondStart || beyondEnd) return window;
  return { ...window, messages: messages.toSpliced(place, 0, message) };
}

function remove(window: Window | null, messageId: string): Window | null {
  return window && { ...window, messages: window.messages.filter(({ id }) => id !== messageId) };
}
