import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import type { Delivery } from "#protocol/deliveries.ts";
import type { Pending } from "./outbox.ts";
import { othersOf } from "./people.ts";

/** How far an own message has come; several servers count as the one that is furthest behind. */
export type Progress =
  | "queued"
  | "sending"
  | "failed"
  | "sent"
  | "waiting"
  | "accepted"
  | "refused"
  | "gave-up"
  | "read";

const worstFirst = ["gave-up", "refused", "waiting", "accepted"] as const;

/** The state of a stored message. Without other servers it is simply sent. */
export function progressOf(deliveries: readonly Delivery[]): Progress {
  return worstFirst.find((state) => deliveries.some((delivery) => delivery.state === state)) ?? "sent";
}

/** The state of an own message in its conversation: read once everybody else has shown that they read it. */
export function progressIn(known: ConversationState, { id, position, authorId }: Message): Progress {
  const others = othersOf(known.conversation, authorId);
  const isRead = others.length > 0 && others.every((other) => hasRead(known, other.id, position));
  return isRead ? "read" : progressOf(known.deliveries[id] ?? []);
}

/** Whether somebody has shown that they read what stands at a position. */
export function hasRead({ membership }: ConversationState, personId: string, position: number): boolean {
  return (membership.receipts[personId] ?? 0) >= position;
}

/** The state of a message that the server has not confirmed. */
export function progressOfPending({ state }: Pending): Progress {
  return state;
}

/** One delivery for each server, in the order of the alphabet: the one that is furthest behind there. */
export function byServer(deliveries: readonly Delivery[]): Delivery[] {
  const servers = [...Map.groupBy(deliveries, ({ host }) => host)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return servers.flatMap(([, own]) => own.find(({ state }) => state === progressOf(own)) ?? []);
}

/** What the servers that are at this state say. */
export function deliveriesAt(deliveries: readonly Delivery[], state: Progress): Delivery[] {
  return byServer(deliveries).filter((delivery) => delivery.state === state);
}
