import type { ConversationView } from "./api.ts";
import { conversationAsLeft, messageAsLeft } from "./as-left.ts";
import { previewOf } from "./preview.ts";
import type { Applied, ChatState, ConversationState, Window } from "./state.ts";
import type { Folder, Membership, Message, Relation } from "./types.ts";
import type { Invitation } from "./invitations.ts";

/** The steps of which `apply` is made. */

/** Takes over a fetched summary unless more is known already. */
export function takeOver(
  state: ChatState,
  { conversation, membership, deliveries, draft }: ConversationView,
): ChatState {
  const known = state.conversations[conversation.id];
  const { lastMessage } = membership;
  // Only what left for another server has states.
  const last = lastMessage === null || deliveries.length === 0 ? {} : { [lastMessage.id]: deliveries };
  const back = known !== undefined && isBack(known.membership, membership);
  const behindRemoval = back && membership.number <= known.membership.number;
  if (behindRemoval) return state;
  // Whoever comes back begins anew: what they saw before they went is not theirs any more.
  if (known === undefined || back)
    return put(state, { conversation, membership, window: null, deliveries: last, saved: [], draft });
  const { revision } = known.conversation;
  const behind =
    conversation.revision < revision ||
    (conversation.revision === revision && membership.number < known.membership.number);
  if (behind) return state;
  // A state that came live may be newer than the summary; what is older is put right by the viewer's own changes.
  return put(state, { ...known, conversation, membership, deliveries: { ...last, ...known.deliveries } });
}

/** The state, with nothing missing. */
export function done(state: ChatState): Applied {
  return { state, missing: null };
}

/** Puts one conversation in its place. */
export function put(state: ChatState, known: ConversationState): ChatState {
  return { ...state, conversations: { ...state.conversations, [known.conversation.id]: known } };
}

/** Runs `step` when the change is exactly the next one of its conversation, and moves the revision. */
export function numbered(
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
export function personal(
  state: ChatState,
  change: { number: number },
  step: (state: ChatState) => Applied,
): Applied {
  if (change.number <= state.number) return done(state);
  if (change.number > state.number + 1) return { state, missing: { kind: "personal", after: state.number } };
  return step({ ...state, number: change.number });
}

/** Takes over the viewer's side of a conversation if it speaks of the very revision that we stand at; else asks. */
export function own(state: ChatState, membership: Membership, revision: number): Applied {
  const { conversationId } = membership;
  const known = state.conversations[conversationId];
  const after = known?.conversation.revision ?? 0;
  // A fetched summary may already be newer than this change.
  if (known !== undefined && known.membership.number >= membership.number) return done(state);
  if (known === undefined || after !== revision) {
    return { state, missing: { kind: "conversation", conversationId, after } };
  }
  return done(put(state, isGone(membership) ? frozen(known, membership) : { ...known, membership }));
}

/** Whether somebody was in a group and is not any more. */
export function isGone({ state }: Membership): boolean {
  return state === "left" || state === "removed" || state === "banned";
}

/** Whether somebody went and came back between what is known and what is told; maybe nobody saw them gone. */
export function isBack(before: Membership, after: Membership): boolean {
  return (isGone(before) && !isGone(after)) || before.historyAfter !== after.historyAfter;
}

/** A group as it stays for whoever went. */
function frozen(known: ConversationState, membership: Membership): ConversationState {
  const conversation = conversationAsLeft(known.conversation);
  const messages = known.window?.messages.map((message) => messageAsLeft(message, conversation.revision));
  return {
    ...known,
    conversation,
    membership,
    window: known.window && { ...known.window, messages: messages! },
  };
}

/** Takes a conversation out of what is known. */
export function forget(state: ChatState, conversationId: string): ChatState {
  const { [conversationId]: _, ...conversations } = state.conversations;
  return { ...state, conversations };
}

/** Keeps only whom the viewer blocks or mutes. */
export function relate(state: ChatState, relation: Relation): ChatState {
  const { [relation.personId]: _, ...others } = state.relations;
  const stands = relation.block !== null || relation.muted;
  return { ...state, relations: stands ? { ...others, [relation.personId]: relation } : others };
}

/** Takes over the viewer's folders; nothing lies in one that is gone. */
export function arrange(state: ChatState, folders: readonly Folder[]): ChatState {
  const ids = new Set(folders.map(({ id }) => id));
  const conversations = Object.entries(state.conversations).map(([id, known]) => {
    const folderIds = known.membership.folderIds.filter((folderId) => ids.has(folderId));
    const stays = folderIds.length === known.membership.folderIds.length;
    return [id, stays ? known : { ...known, membership: { ...known.membership, folderIds } }] as const;
  });
  return { ...state, folders, conversations: Object.fromEntries(conversations) };
}

/** Keeps only invitations that wait for somebody: for an answer, or to be seen. */
export function invite(state: ChatState, invitation: Invitation): ChatState {
  const { [invitation.id]: _, ...others } = state.invitations;
  const isOpen = ["pending", "asked", "refused"].includes(invitation.state);
  return { ...state, invitations: isOpen ? { ...others, [invitation.id]: invitation } : others };
}

/** Notes that a message is kept, or not any more. */
export function keep(saved: readonly string[], change: { messageId: string; savedAt: string | null }) {
  const others = saved.filter((id) => id !== change.messageId);
  return change.savedAt === null ? others : [...others, change.messageId];
}

/** Puts a changed message wherever it is shown. */
export function replace(known: ConversationState, message: Message): ConversationState {
  const { lastMessage } = known.membership;
  const membership =
    lastMessage?.id === message.id
      ? { ...known.membership, lastMessage: previewOf(message) }
      : known.membership;
  return { ...known, membership, window: upsert(known.window, message) };
}

/** Puts a message into the loaded run where it belongs, unless a newer version of it is there already. */
export function upsert(window: Window | null, message: Message): Window | null {
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

/** Takes a message out of the loaded run. */
export function remove(window: Window | null, messageId: string): Window | null {
  return window && { ...window, messages: window.messages.filter(({ id }) => id !== messageId) };
}
