import type { Transaction } from "#db/connect.ts";
import {
  extendLeases,
  findNextDeliveries,
  findNextDue,
  findStaleLanes,
  giveUpWaiting,
  leaseDueLanes,
  lockLanes,
  lockLeased,
  putBackLanes,
  setActivityBody,
  type ActivityRow,
  type LaneKey,
  type LeasedLane,
} from "#db/lanes.ts";
import { lockWaiting, updateDelivery, type DeliveryRow } from "#db/deliveries.ts";
import { lockParent } from "#db/parents.ts";
import { takeNumber, type PersonRow } from "#db/people.ts";
import { endEdits } from "#db/redelivery.ts";
import { findWishes } from "#db/wishes.ts";
import type { ActivityId, ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { endUnasked } from "./groups/join-elsewhere.ts";
import { giveUpReads } from "./receipts.ts";
import { record, transact } from "./transact.ts";

/** How long a message is tried before its author is told that it was not delivered: seven days. */
export const GIVE_UP_MS = 7 * 24 * 3600 * 1000;

export type Lane = LeasedLane;

export interface WaitingDelivery {
  id: number;
  activityId: ActivityId;
  type: ActivityRow["type"];
  actorId: PersonId;
  recipient: PersonRow;
  /** Whether the message that it answers never came to that server, so that it is not named there. */
  lacksParent: boolean;
  /** The bytes to send, once they have been made. */
  body: string | null;
}

/** Takes due lanes for `leaseMs`; a crash only lets the lease run out. */
export async function leaseLanes(ctx: Context, input: { limit: number; leaseMs: number }): Promise<Lane[]> {
  const now = ctx.now();
  const until = new Date(now.getTime() + input.leaseMs);
  return await leaseDueLanes(ctx.db, { now, until, limit: input.limit, token: crypto.randomUUID() });
}

/** Holds lanes for `leaseMs` from now on, those that nobody else has taken over. */
export async function renewLeases(
  ctx: Context,
  input: { lanes: readonly Lane[]; leaseMs: number },
): Promise<void> {
  await extendLeases(ctx.db, input.lanes, new Date(ctx.now().getTime() + input.leaseMs));
}

/** The delivery whose turn it is in each lane; null for a lane where none waits. */
export async function nextDeliveries(
  ctx: Context,
  lanes: readonly Lane[],
): Promise<(WaitingDelivery | null)[]> {
  const found = await findNextDeliveries(ctx.db, lanes);
  const byLane = new Map(found.map((row) => [laneName(row.delivery), row]));
  return lanes.map((lane) => {
    const row = byLane.get(laneName(lane));
    if (row === undefined) return null;
    const { delivery, type, recipient, actorId, lacksParent } = row;
    const body = lacksParent ? row.quotedBody : row.body;
    const { id, activityId } = delivery;
    return { id, activityId, type, actorId, recipient, lacksParent, body };
  });
}

/** The delivery whose turn it is in one lane; null when none waits. */
export async function nextDelivery(ctx: Context, lane: Lane): Promise<WaitingDelivery | null> {
  return (await nextDeliveries(ctx, [lane]))[0] ?? null;
}

/** The bytes of an activity, for servers that have its parent or for those that do not. */
export interface MadeBody {
  deliveryId: number;
  activityId: ActivityId;
  lacksParent: boolean;
  /** Whether they contain words of another message. */
  quotes: boolean;
  body: string;
}

/**
 * Keeps the bytes made for an activity and answers those that count: the first ones. Null when the delivery does not
 * wait any more, or what it quotes is gone: what was deleted meanwhile must not be written down again, nor sent.
 */
export async function storeActivityBody(ctx: Context, made: MadeBody): Promise<string | null> {
  return await transact(ctx, async (tx) => {
    const waiting = await lockWaiting(tx, made.deliveryId);
    if (waiting === null) return null;
    if (made.quotes && !(await lockParent(tx, made.activityId))) return null;
    return await setActivityBody(tx, made.activityId, made);
  });
}

/** Gives lanes back; those stay due in which something waits. */
export async function releaseLanes(ctx: Context, lanes: readonly Lane[]): Promise<void> {
  await transact(ctx, async (tx) => {
    const held = await lockLeased(tx, lanes);
    // A second statement, so that it sees what was committed while the locks were awaited.
    const waiting = await findNextDeliveries(tx, held);
    const busy = new Set(waiting.map(({ delivery }) => laneName(delivery)));
    const now = ctx.now();
    await putBackLanes(
      tx,
      held.map((lane) => ({ ...lane, nextAttemptAt: busy.has(laneName(lane)) ? now : null })),
    );
  });
}

/** Gives one lane back. */
export async function releaseLane(ctx: Context, lane: Lane): Promise<void> {
  await releaseLanes(ctx, [lane]);
}

/** Lanes that are looked at in one go. */
const STALE_LANES = 200;

/**
 * Ends what has waited for seven days, whether or not its lane had a turn: a dead server is tried rarely, and one lane
 * at a time.
 */
export async function giveUpStale(ctx: Context): Promise<void> {
  await giveUpReads(ctx);
  const now = ctx.now();
  const before = new Date(now.getTime() - GIVE_UP_MS);
  for (;;) {
    const lanes = await findStaleLanes(ctx.db, before, STALE_LANES);
    for (const lane of lanes) await transact(ctx, (tx) => giveUpLane(ctx, tx, { lane, before, now }));
    if (lanes.length < STALE_LANES) return;
  }
}

async function giveUpLane(
  ctx: Context,
  tx: Transaction,
  { lane, ...times }: { lane: LaneKey; before: Date; now: Date },
): Promise<void> {
  await lockLanes(tx, [lane.streamId]);
  const ended = await giveUpWaiting(tx, lane, times);
  const told = await findTold(tx, { changed: ended, ended });
  await endUnasked(ctx, tx, ended);
  const byAuthor = Map.groupBy(told, ({ authorId }) => authorId);
  for (const [personId, rows] of [...byAuthor].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const last = await takeNumber(tx, personId, rows.length);
    for (const [index, row] of rows.entries()) {
      const number = last - rows.length + 1 + index;
      await updateDelivery(tx, row.id, { number });
      recordDelivery(tx, row, number);
    }
  }
  await endEdits(
    tx,
    ended.map(({ id }) => id),
  );
}

/** When the next lane may be tried; null when nothing waits. */
export async function nextDue(ctx: Context): Promise<Date | null> {
  return await findNextDue(ctx.db);
}

/**
 * Those of some deliveries of which their author is told: how a message fares, and that what they wanted done in a group
 * elsewhere was not. How a reaction or a receipt fares is shown to nobody.
 */
export async function findTold(
  tx: Transaction,
  { changed, ended }: { changed: readonly DeliveryRow[]; ended: readonly DeliveryRow[] },
): Promise<DeliveryRow[]> {
  const unshown = ended.flatMap(({ messageId, activityId }) => (messageId === null ? activityId : []));
  const wishes = new Set(await findWishes(tx, unshown));
  return changed.filter(({ messageId, activityId }) => messageId !== null || wishes.has(activityId));
}

/** Tells an author how their message fares, or that what they wanted of a group was not done. */
export function recordDelivery(tx: Transaction, row: DeliveryRow, number: number): void {
  const { messageId, activityId, authorId: personId, streamId } = row;
  // What is shown on a message, or wanted of a group, stays in order with its conversation.
  const conversationId = streamId as ConversationId;
  if (messageId === null) record(tx, "wish.refused", { personId, number, conversationId, activityId });
  else record(tx, "delivery.changed", { personId, number, messageId, conversationId, leaves: false });
}

/** A lane apart from others, whoever holds it. */
export function laneName({ streamId, host }: LaneKey): string {
  return `${streamId} ${host}`;
}
