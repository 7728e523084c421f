import type { Context } from "#domain/context.ts";
import { loadCircle, type Neighbour } from "#domain/presence.ts";
import type { Heard, SignalOf } from "#domain/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import { presentPresence } from "#present/presence.ts";
import type { Presence as Seen } from "#protocol/types.ts";
import { encodeFrame } from "./frame.ts";
import type { Connection, Hub } from "./hub.ts";
import type { Presence } from "./presence.ts";

/** What pushing presence needs: where to load, who is there, and whom to send to. */
export interface Showing {
  readonly ctx: Context;
  readonly hub: Hub;
  readonly presence: Presence;
}

/** How a neighbour sees somebody of this server. */
export function seenBy(
  { ctx, presence }: Omit<Showing, "hub">,
  personId: PersonId,
  { visible, mine }: Neighbour,
): Seen {
  const state = visible && !mine.invisible ? presence.stateOf(personId) : "offline";
  return presentPresence({ ...mine, personId, state }, ctx.now());
}

/** Shows those beside somebody whether that one is there. */
export function pushPresence(place: Showing, personId: PersonId, circle: readonly Neighbour[]): void {
  const local = circle.filter(({ host }) => host === null);
  // They differ only in whether they may see it: what is alike is serialised once.
  const alike = Map.groupBy(local, (neighbour) => seenBy(place, personId, neighbour).state);
  for (const viewers of alike.values()) {
    const frame = encodeFrame({ type: "presence", people: [seenBy(place, personId, viewers[0]!)] });
    place.hub.send(
      viewers.map(({ id }) => id),
      frame,
    );
  }
}

/** Shows somebody everybody beside them, those too who may not be seen any more. */
export function pushCircle(place: Showing, personId: PersonId, circle: readonly Neighbour[]): void {
  if (circle.length === 0) return;
  const people = circle.map((neighbour) => seenAt(place, personId, neighbour));
  place.hub.send([personId], encodeFrame({ type: "presence", people }));
}

/** Shows a socket that has come who is there. */
export async function greet(place: Showing, { personId, wire }: Connection): Promise<void> {
  const circle = await loadCircle(place.ctx, personId);
  const people = circle
    .map((neighbour) => seenAt(place, personId, neighbour))
    .filter(({ state }) => state !== "offline");
  if (people.length === 0) return;
  wire.write(encodeFrame({ type: "presence", people }));
}

/** Shows some of our people what another server says of one of its own. Answers who had not heard of that one yet. */
export function pushHeard({ ctx, hub, presence }: Showing, signal: SignalOf<"heard">): PersonId[] {
  const { personId, to, about } = signal;
  const met = presence.hear(personId, to, about);
  hub.send(to, encodeFrame({ type: "presence", people: [presentHeard(ctx, personId, about)] }));
  return met;
}

/** What somebody sees of a neighbour. */
function seenAt({ ctx, presence }: Showing, personId: PersonId, neighbour: Neighbour): Seen {
  const { id, host, visible, theirs } = neighbour;
  if (host !== null && visible) return presentHeard(ctx, id, presence.heardOf(id, personId));
  const state = visible && !theirs.invisible ? presence.stateOf(id) : "offline";
  return presentPresence({ ...theirs, personId: id, state }, ctx.now());
}

function presentHeard(ctx: Context, personId: PersonId, { state, status }: Heard): Seen {
  const until = status?.until == null ? null : new Date(status.until);
  return presentPresence({ personId, state, text: status?.text ?? null, until }, ctx.now());
}
