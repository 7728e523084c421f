import type { Delivery } from "#protocol/types.ts";
import type { Pending } from "./outbox.ts";

/** How far an own message has come; several servers count as the one that is furthest behind. */
export type Progress =
  | "queued"
  | "sending"
  | "failed"
  | "sent"
  | "waiting"
  | "accepted"
  | "refused"
  | "gave-up";

const worstFirst = ["gave-up", "refused", "waiting", "accepted"] as const;

/** The state of a stored message. Without other servers it is simply sent. */
export function progressOf(deliveries: readonly Delivery[]): Progress {
  return worstFirst.find((state) => deliveries.some((delivery) => delivery.state === state)) ?? "sent";
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

/** The servers that are at this state. */
export function hostsAt(deliveries: readonly Delivery[], state: Progress): string[] {
  return byServer(deliveries)
    .filter((delivery) => delivery.state === state)
    .map(({ host }) => host);
}
