import type { Transaction } from "#db/connect.ts";
import {
  extendLease,
  findNextDelivery,
  findNextDue,
  findPeer,
  findStaleLanes,
  giveUpWaiting,
  leaseDueLanes,
  lockLane,
  lockLanes,
  lockOpen,
  lockWaiting,
  setActivityBody,
  updateLane,
  updateDelivery,
  upsertPeer,
  type DeliveryRow,
  type LaneKey,
  type LeasedLane,
} from "#db/lanes.ts";
import { takeNumber, type PersonRow } from "#db/people.ts";
import { endEdits } from "#db/redelivery.ts";
import type { DeliveryReason } from "#lib/delivery-reason.ts";
import type { ActivityId, ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { record, transact } from "./transact.ts";

/** How long a message is tried before its author is told that it was not delivered: seven days. */
const GIVE_UP_MS = 7 * 24 * 3600 * 1000;
/** Failures in a row after which a whole server is left alone for a while. */
const CIRCUIT_FAILURES = 3;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 3600 * 1000;

export type Lane = LeasedLane;

export interface WaitingDelivery {
  id: number;
  activityId: ActivityId;
  actorId: PersonId;
  recipient: PersonRow;
  /** The bytes to send, once they have been made. */
  body: string | null;
}

export type Outcome =
  | { state: "accepted" }
  | { state: "refused"; reason: DeliveryReason }
  /**
   * Try again later, but not before `notBefore` when the server said so. Only a server that does not answer at all
   * (`silent`) is left alone as a whole: one message that it cannot stomach must not hold up the others.
   */
  | { state: "retry"; reason: DeliveryReason; silent?: boolean; notBefore?: Date };

/** Takes due lanes for `leaseMs`; a crash only lets the lease run out. */
export async function leaseLanes(ctx: Context, input: { limit: number; leaseMs: number }): Promise<Lane[]> {
  const now = ctx.now();
  const until = new Date(now.getTime() + input.leaseMs);
  return await leaseDueLanes(ctx.db, { now, until, limit: input.limit, token: crypto.randomUUID() });
}

/** Holds a lane for `leaseMs` from now on, if nobody else has taken it over. */
export async function renewLease(ctx: Context, input: { lane: Lane; leaseMs: number }): Promise<void> {
  await extendLease(ctx.db, input.lane, new Date(ctx.now().getTime() + input.leaseMs));
}

/** The delivery whose turn it is in a lane; null when none waits. */
export async function nextDelivery(ctx: Context, lane: Lane): Promise<WaitingDelivery | null> {
  const found = await findNextDelivery(ctx.db, lane);
  if (found === null) return null;
  const { delivery, recipient, actorId, body } = found;
  const { id, activityId } = delivery;
  return { id, activityId, actorId, recipient, body };
}

/**
 * Keeps the bytes made for an activity and answers those that count: the first ones. Null when the delivery does not
 * wait any more: what was deleted meanwhile must not be written down again, nor sent.
 */
export async function storeActivityBody(
  ctx: Context,
  made: { deliveryId: number; activityId: ActivityId; body: string },
): Promise<string | null> {
  return await transact(ctx, async (tx) => {
    const waiting = await lockWaiting(tx, made.deliveryId);
    return waiting === null ? null : await setActivityBody(tx, made.activityId, made.body);
  });
}

/** Writes down how an attempt went. Answers whether the lane may go on with its next delivery under this lease. */
export async function settleDelivery(
  ctx: Context,
  input: { lane: Lane; deliveryId: number; outcome: Outcome },
): Promise<{ goOn: boolean }> {
  return await transact(ctx, async (tx) => {
    const lane = await lockLane(tx, input.lane);
    // Who lost the lease settles nothing: whoever holds it now tries for themselves.
    if (lane === null) return { goOn: false };
    const { outcome } = input;
    const failing = outcome.state === "retry";
    const gaveUp = await settleRow(ctx, tx, input);
    await notePeer(ctx, tx, { host: input.lane.host, failing: failing && outcome.silent === true });
    if (!failing || gaveUp) {
      await updateLane(tx, input.lane, { attempts: 0 });
      return { goOn: true };
    }
    const attempts = lane.attempts + 1;
    const later = new Date(ctx.now().getTime() + backOff(attempts));
    const nextAttemptAt =
      outcome.notBefore !== undefined && outcome.notBefore > later ? outcome.notBefore : later;
    await updateLane(tx, input.lane, { attempts, nextAttemptAt, leaseUntil: null, leaseToken: null });
    return { goOn: false };
  });
}

/** Gives a lane back; it stays due if something was added meanwhile. */
export async function releaseLane(ctx: Context, lane: Lane): Promise<void> {
  await transact(ctx, async (tx) => {
    if ((await lockLane(tx, lane)) === null) return;
    // A second statement, so that it sees what was committed while the lock was awaited.
    const waiting = await findNextDelivery(tx, lane);
    const nextAttemptAt = waiting === null ? null : ctx.now();
    await updateLane(tx, lane, { nextAttemptAt, leaseUntil: null, leaseToken: null });
  });
}

/** Lanes that are looked at in one go. */
const STALE_LANES = 200;

/**
 * Ends what has waited for seven days, whether or not its lane had a turn: a dead server is tried rarely, and one lane
 * at a time.
 */
export async function giveUpStale(ctx: Context): Promise<void> {
  const now = ctx.now();
  const before = new Date(now.getTime() - GIVE_UP_MS);
  for (;;) {
    const lanes = await findStaleLanes(ctx.db, before, STALE_LANES);
    for (const lane of lanes) await transact(ctx, (tx) => giveUpLane(tx, lane, { before, now }));
    if (lanes.length < STALE_LANES) return;
  }
}

async function giveUpLane(tx: Transaction, lane: LaneKey, times: { before: Date; now: Date }): Promise<void> {
  await lockLanes(tx, lane.streamId);
  const ended = await giveUpWaiting(tx, lane, times);
  const shown = ended.filter(({ messageId }) => messageId !== null);
  const byAuthor = Map.groupBy(shown, ({ authorId }) => authorId);
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

async function settleRow(
  ctx: Context,
  tx: Transaction,
  input: { deliveryId: number; outcome: Outcome },
): Promise<boolean> {
  const { outcome } = input;
  const now = ctx.now();
  const reason = outcome.state === "accepted" ? null : outcome.reason;
  const state = outcome.state === "retry" ? "waiting" : outcome.state;
  const row = await lockOpen(tx, input.deliveryId);
  // What was cancelled while it was under way has arrived all the same.
  if (row === null || (row.state !== "waiting" && outcome.state !== "accepted")) return false;
  const gaveUp = outcome.state === "retry" && now.getTime() - row.createdAt.getTime() >= GIVE_UP_MS;
  const next = { state: gaveUp ? "gave-up" : state, reason } as const;
  // Many failures for the same reason are one piece of news for the author.
  if (next.state === row.state && next.reason === row.reason) return false;
  const number = row.messageId === null ? 0 : await takeNumber(tx, row.authorId);
  await updateDelivery(tx, row.id, { ...next, number, changedAt: now });
  if (next.state !== "waiting" && next.state !== "accepted") await endEdits(tx, [row.id]);
  recordDelivery(tx, row, number);
  return gaveUp;
}

/** Tells an author how their message fares; how a reaction or a receipt fares is shown to nobody. */
function recordDelivery(tx: Transaction, row: DeliveryRow, number: number): void {
  const { messageId, authorId: personId, streamId } = row;
  if (messageId === null) return;
  // What is shown on a message stays in order with its conversation.
  const conversationId = streamId as ConversationId;
  record(tx, "delivery.changed", { personId, number, messageId, conversationId, leaves: false });
}

/** Keeps count of a server's failures in a row, and leaves it alone for longer and longer. */
async function notePeer(
  ctx: Context,
  tx: Transaction,
  input: { host: string; failing: boolean },
): Promise<void> {
  const peer = await findPeer(tx, input.host);
  const { host } = input;
  if (!input.failing) {
    if (peer !== null && peer.failures > 0) {
      await upsertPeer(tx, { host, failures: 0, failingSince: null, closedUntil: null });
    }
    return;
  }
  const now = ctx.now();
  const failures = (peer?.failures ?? 0) + 1;
  const closedUntil = failures < CIRCUIT_FAILURES ? null : new Date(now.getTime() + backOff(failures));
  await upsertPeer(tx, { host, failures, failingSince: peer?.failingSince ?? now, closedUntil });
}

/** Milliseconds to wait after the n-th failure in a row: doubling, with jitter, an hour at most. */
function backOff(failures: number): number {
  const full = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  return full * (0.5 + Math.random() / 2);
}
