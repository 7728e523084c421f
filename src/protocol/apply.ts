import type { Change, ChangeName, ChangeOf } from "./changes.ts";
import type { ChangePage, ConversationChangePage, ConversationView, Own } from "./api.ts";
import { afterMessage, mentionsMore } from "./counts.ts";
import { promoted, withChanged, withJoined, without } from "./people-of.ts";
import { previewOf } from "./preview.ts";
import type { Applied, ChatState, ConversationState, Missing, Window } from "./state.ts";
import {
  arrange,
  done,
  forget,
  invite,
  isBack,
  keep,
  isGone,
  numbered,
  own,
  personal,
  put,
  relate,
  remove,
  replace,
  takeOver,
  upsert,
} from "./steps.ts";

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
  if (page.view === null) return next;
  // Whoever went is told no single changes: what they kept is fetched anew.
  return isGone(page.view.membership) ? applyView(next, page.view) : takeOver(next, page.view);
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
export function applyOwn(state: ChatState, own: Own): ChatState {
  const { person, relations, preferences, folders, invitations } = own;
  const arranged = arrange({ ...state, person, preferences, relations: {}, invitations: {} }, folders);
  return invitations.reduce(invite, relations.reduce(relate, arranged));
}

const appliers: Appliers = {
  "conversation.created": (state, change) => {
    const known = state.conversations[change.conversationId];
    const { conversation, membership } = change;
    const isOlder = known !== undefined && membership.number <= known.membership.number;
    if (known !== undefined && (isOlder || !isBack(known.membership, membership))) return done(state);
    // Loaded as it is only while nothing was said in it.
    const empty: Window = { messages: [], hasBefore: false, hasAfter: false };
    const window = conversation.lastPosition === 0 ? empty : null;
    return done(put(state, { conversation, membership, window, deliveries: {}, saved: [], draft: null }));
  },
  "message.posted": (state, change) =>
    numbered(state, change, (known) => {
      const { message } = change;
      const conversation = { ...known.conversation, lastPosition: message.position };
      const window = upsert(known.window, message);
      // Nobody said it: nothing is unread, and nothing was said last.
      if (message.notice !== null) return { ...known, conversation, window };
      const lastMessage = previewOf(message);
      const membership = afterMessage(known.membership, message, state.me);
      return {
        ...known,
        conversation,
        membership: { ...membership, lastMessage, activityAt: message.receivedAt },
        window,
      };
    }),
  "message.edited": (state, change) => counted(state, change, (known) => replace(known, change.message)),
  "message.reacted": (state, change) => numbered(state, change, (known) => replace(known, change.message)),
  "message.pinned": (state, change) => numbered(state, change, (known) => replace(known, change.message)),
  "message.deleted": (state, change) =>
    counted(state, change, (known) => {
      const { authorId, position } = change.message;
      const wasUnread = authorId !== state.me && position > known.membership.readPosition;
      const replaced = replace(known, change.message);
      const unread = replaced.membership.unread - (wasUnread ? 1 : 0);
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
      const next = { ...known, conversation: withChanged(known.conversation, person) };
      return person.state === "deleted" ? withoutMark(next, person.id) : next;
    }),
  "conversation.changed": (state, change) =>
    numbered(state, change, (known) => {
      return { ...known, conversation: { ...known.conversation, ...change.facts } };
    }),
  "member.joined": (state, change) =>
    numbered(state, change, (known) => {
      const conversation = withJoined(known.conversation, change.member);
      return { ...known, conversation: { ...conversation, epoch: change.epoch } };
    }),
  "member.left": (state, change) =>
    numbered(state, change, (known) => {
      const conversation = without(known.conversation, change.person);
      const next = { ...known, conversation: { ...conversation, epoch: change.epoch } };
      return withoutMark(next, change.person.id);
    }),
  "member.promoted": (state, change) =>
    numbered(state, change, (known) => {
      const conversation = promoted(known.conversation, change);
      return { ...known, conversation: { ...conversation, epoch: change.epoch } };
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
  "draft.changed": (state, change) =>
    personal(state, change, (next) => {
      const { conversationId, draft } = change;
      const known = next.conversations[conversationId];
      if (known !== undefined) return done(put(next, { ...known, draft }));
      return { state: next, missing: { kind: "conversation", conversationId, after: 0 } };
    }),
  "folders.changed": (state, change) =>
    personal(state, change, (next) => done(arrange(next, change.folders))),
  "conversation.forgotten": (state, change) =>
    personal(state, change, (next) => {
      const known = next.conversations[change.conversationId];
      const isNewer = known !== undefined && known.membership.number > change.number;
      return done(isNewer ? next : forget(next, change.conversationId));
    }),
  "relation.changed": (state, change) =>
    personal(state, change, (next) => done(relate(next, change.relation))),
  "preferences.changed": (state, change) =>
    personal(state, change, (next) => {
      const { preferences } = change;
      // Whose read marks are shown anywhere is another matter now.
      const flips = preferences.receipts !== next.preferences.receipts;
      return { state: { ...next, preferences }, missing: flips ? { kind: "everything" } : null };
    }),
  "profile.changed": (state, change) =>
    personal(state, change, (next) => done({ ...next, person: change.person })),
  "invitation.changed": (state, change) =>
    personal(state, change, (next) => done(invite(next, change.invitation))),
  // Nothing is otherwise than it was: whoever shows the state says so in passing.
  "wish.refused": (state, change) => personal(state, change, done),
  "delivery.changed": (state, change) =>
    personal(state, change, (next) => {
      const known = next.conversations[change.conversationId];
      if (known === undefined) return done(next);
      const deliveries = { ...known.deliveries, [change.messageId]: change.deliveries };
      return done(put(next, { ...known, deliveries }));
    }),
};

/** Of whoever is there no more nobody sees how far they have read. */
function withoutMark(known: ConversationState, personId: string): ConversationState {
  const { [personId]: _, ...receipts } = known.membership.receipts;
  return { ...known, membership: { ...known.membership, receipts } };
}

/** The same as `numbered`, for a message that may have begun or ceased to name the viewer. */
function counted(
  state: ChatState,
  change: ChangeOf<"message.edited" | "message.deleted">,
  step: (known: ConversationState) => ConversationState,
): Applied {
  const { conversationId, message } = change;
  const before = state.conversations[conversationId];
  const more = before === undefined ? 0 : mentionsMore(before, message, state.me);
  if (before === undefined || more !== null) {
    return numbered(state, change, (known) => {
      const next = step(known);
      const unreadMentions = next.membership.unreadMentions + (more ?? 0);
      return { ...next, membership: { ...next.membership, unreadMentions } };
    });
  }
  const after = before.conversation.revision;
  return change.revision <= after
    ? done(state)
    : { state, missing: { kind: "conversation", conversationId, after } };
}
