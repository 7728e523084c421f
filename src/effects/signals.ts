import { loadCircle, type Neighbour } from "#domain/presence.ts";
import type { Signal, SignalOf } from "#domain/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import { pushCircle, pushHeard, pushPresence, seenBy } from "#realtime/push-presence.ts";
import { pushTyping } from "#realtime/push.ts";
import type { Node } from "./node.ts";

type Name = Signal["signal"];
/** `isOwn`: it was given at this very node, which alone tells other servers. */
type Effect<Of extends Name> = (node: Node, signal: SignalOf<Of>, isOwn: boolean) => Promise<void> | void;
type Effects = { readonly [Of in Name]: Effect<Of> };

/** What follows, on every node, from what is told on any of them and never stored. */
const effects: Effects = {
  typing: async (node, signal, isOwn) => {
    pushTyping(node, signal);
    if (isOwn) await node.abroad?.typing(signal);
  },
  sessions: async (node, { node: from, people }, isOwn) => {
    for (const personId of node.presence.take(from, people)) await showPresence(node, personId, { isOwn });
  },
  alive: ({ ctx, presence }, { node }) => {
    if (!presence.keepAlive(node)) ctx.signal({ signal: "joined" });
  },
  joined: ({ presence }, _, isOwn) => {
    if (!isOwn) presence.repeat();
  },
  heard: async (node, signal, isOwn) => {
    const met = pushHeard(node, signal);
    if (isOwn) for (const viewerId of met) await answerPresence(node, viewerId, signal.personId);
  },
};

/** Runs what follows from one signal. */
export async function runSignal(node: Node, signal: Signal, isOwn: boolean): Promise<void> {
  const effect = effects[signal.signal] as Effect<Name>;
  await effect(node, signal, isOwn);
}

/** Shows those beside somebody whether that one is there: here on each node, elsewhere from the one where it happened. */
export async function showPresence(node: Node, personId: PersonId, from: { isOwn: boolean }): Promise<void> {
  if (node.hub.size === 0 && !from.isOwn) return;
  const circle = await loadCircle(node.ctx, personId);
  pushPresence(node, personId, circle);
  if (from.isOwn) tellAbroad(node, personId, circle);
}

/** Shows a person and those beside them to each other anew: who may see whom is another matter now. */
export async function meetAgain(node: Node, personId: PersonId, from: { isOwn: boolean }): Promise<void> {
  if (node.hub.size === 0 && !from.isOwn) return;
  const circle = await loadCircle(node.ctx, personId);
  pushPresence(node, personId, circle);
  pushCircle(node, personId, circle);
  if (from.isOwn) tellAbroad(node, personId, circle);
}

/**
 * Whoever comes to be seen sees in turn: their server may have been told before they had accepted, when it heeded nothing.
 */
async function answerPresence(node: Node, personId: PersonId, otherId: PersonId): Promise<void> {
  if (node.presence.stateOf(personId) === "offline") return;
  const circle = await loadCircle(node.ctx, personId);
  const other = circle.filter(
    (neighbour) => neighbour.id === otherId && seenBy(node, personId, neighbour).state !== "offline",
  );
  if (other.length > 0) tellAbroad(node, personId, other);
}

/** Tells the servers of those beside somebody. */
export function tellAbroad(node: Node, personId: PersonId, circle: readonly Neighbour[]): void {
  const shown = circle
    .filter(({ signals }) => signals !== null)
    .map((neighbour) => {
      const { state, status } = seenBy(node, personId, neighbour);
      return { to: neighbour, about: { state, status } };
    });
  node.abroad?.presence(personId, shown);
}
