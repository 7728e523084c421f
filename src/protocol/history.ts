import type { MessagePage, Sent } from "./api.ts";
import { apply } from "./apply.ts";
import type { Applied, ChatState, ConversationState, Window } from "./state.ts";
import type { Message } from "./types.ts";
import type { Delivery } from "./deliveries.ts";

/** How a fetched page of history meets what is loaded: instead of it, or at one of its ends. */
export type Joint = { at: "replace" } | { at: "start" | "end"; edge: number };

export interface PageOfHistory {
  conversationId: string;
  page: MessagePage;
  joint: Joint;
}

/**
 * Takes a fetched page of history into the loaded run. A page for an end that has moved meanwhile (its `edge` is no
 * longer the outermost position) is dropped. What changed while the page travelled is not in it: fetch the changes.
 */
export function applyMessagePage(
  state: ChatState,
  { conversationId, page, joint }: PageOfHistory,
): ChatState {
  const known = state.conversations[conversationId];
  if (known === undefined) return state;
  const window = join(known.window, page, joint);
  if (window === null) return state;
  const of = new Set(page.messages.map(({ id }) => id));
  const saved = [...known.saved.filter((id) => !of.has(id)), ...page.saved];
  return put(state, { ...known, window, saved, deliveries: newest(known.deliveries, page.deliveries) });
}

/** Takes over the answer to a send, an edit, a deletion, a reaction or a pin, as the live change that it is going to be. */
export function applySent(state: ChatState, { message, deliveries }: Sent): Applied {
  const { conversationId, revision } = message;
  const lastPosition = state.conversations[conversationId]?.conversation.lastPosition ?? 0;
  const type = nameOf(message, lastPosition);
  const applied = apply(state, { type, conversationId, revision, message });
  const known = applied.state.conversations[conversationId];
  if (known === undefined || deliveries.length === 0) return applied;
  const merged = newest(known.deliveries, { [message.id]: deliveries });
  return { ...applied, state: put(applied.state, { ...known, deliveries: merged }) };
}

export interface Trim {
  conversationId: string;
  /** Which end stays. */
  keep: "start" | "end";
  /** How many messages stay at most. */
  limit: number;
}

/** Bounds the loaded run by dropping messages at its far end; they can be fetched again. */
export function trimWindow(state: ChatState, { conversationId, keep, limit }: Trim): ChatState {
  const known = state.conversations[conversationId];
  if (known === undefined || known.window === null || known.window.messages.length <= limit) return state;
  const { messages } = known.window;
  const window: Window =
    keep === "start"
      ? { ...known.window, messages: messages.slice(0, limit), hasAfter: true }
      : { ...known.window, messages: messages.slice(-limit), hasBefore: true };
  return put(state, { ...known, window });
}

/** Unloads the messages of a conversation; its summary stays. */
export function forgetWindow(state: ChatState, conversationId: string): ChatState {
  const known = state.conversations[conversationId];
  return known === undefined || known.window === null ? state : put(state, { ...known, window: null });
}

/** What is done to a message, a reaction or a pin, changes a known one, as an edit does. */
function nameOf(message: Message, lastPosition: number) {
  if (message.deletedAt !== null) return "message.deleted";
  return message.position > lastPosition ? "message.posted" : "message.edited";
}

function join(window: Window | null, page: MessagePage, joint: Joint): Window | null {
  const { messages, hasBefore, hasAfter } = page;
  if (joint.at === "replace") return { messages, hasBefore, hasAfter };
  if (window === null) return null;
  if (joint.at === "start") {
    if (window.messages[0]?.position !== joint.edge) return null;
    const older = messages.filter(({ position }) => position < joint.edge);
    return { ...window, messages: [...older, ...window.messages], hasBefore };
  }
  if (window.messages.at(-1)?.position !== joint.edge) return null;
  const newer = messages.filter(({ position }) => position > joint.edge);
  return { ...window, messages: [...window.messages, ...newer], hasAfter };
}

type Deliveries = ConversationState["deliveries"];

/** Of two accounts of the same message's deliveries, the one that changed last counts. */
function newest(known: Deliveries, fetched: Deliveries): Deliveries {
  const merged: Record<string, readonly Delivery[]> = { ...known };
  for (const [id, deliveries] of Object.entries(fetched)) {
    if (latest(deliveries) >= latest(merged[id] ?? [])) merged[id] = deliveries;
  }
  return merged;
}

function latest(deliveries: readonly Delivery[]): string {
  return deliveries.reduce((last, { at }) => (at > last ? at : last), "");
}

function put(state: ChatState, known: ConversationState): ChatState {
  return { ...state, conversations: { ...state.conversations, [known.conversation.id]: known } };
}
