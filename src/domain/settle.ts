import type { Transaction } from "#db/connect.ts";
import { clearAttempts, findPeers, lockLeased, putBackLanes, savePeers } from "#db/lanes.ts";
import { changeDeliveries, lockOpen, type DeliveryRow } from "#db/deliveries.ts";
import { lockPeople, takeNumber } from "#db/people.ts";
import { endEdits } from "#db/redelivery.ts";
import type { DeliveryReason } from "#lib/delivery-reason.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { endUnasked } from "./groups/join-elsewhere.ts";
import { findTold, GIVE_UP_MS, laneName, recordDelivery, type Lane } from "./lanes.ts";
import { transact } from "./transact.ts";

/** Failures in a row after which a whole server is left alone for a while. */
const CIRCUIT_FAILURES = 3;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 3600 * 1000;

export type Outcome =
  | { state: "accepted" }
  | { state: "refused" | "gave-up"; reason: DeliveryReason }
  /**
   * Try again later, but not before `notBefore` when the server said so. Only a server that does not answer at all
   * (`silent`) is left alone as a whole: one message that it cannot stomach must not hold up the others.
   */
  | { state: "retry"; reason: DeliveryReason; silent?: boolean; notBefore?: Date };

/** How one attempt went. */
export interface Settlement {
  readonly lane: Lane;
  readonly deliveryId: number;
  readonly outcome: Outcome;
}

/**
 * Writes down how attempts went, those of many lanes in one transaction. Answers for each whether its lane may go on
 * with its next delivery under this lease.
 */
export async function settleDeliveries(
  ctx: Context,
  settlements: readonly Settlement[],
): Promise<{ goOn: boolean }[]> {
  return await transact(ctx, async (tx) => {
    const rows = await lockLeased(
      tx,
      settlements.map(({ lane }) => lane),
    );
    const held = new Map(rows.map((row) => [`${laneName(row)} ${row.leaseToken}`, row]));
    const rowOf = ({ lane }: Settlement) => held.get(`${laneName(lane)} ${lane.leaseToken}`);
    // Who lost the lease settles nothing: whoever holds it now tries for themselves.
    const valid = settlements.filter((settlement) => rowOf(settlement) !== undefined);
    const gaveUp = await settleRows(ctx, tx, valid);
    await notePeers(ctx, tx, valid);
    const ends = new Set(
      valid.filter(({ outcome, deliveryId }) => outcome.state === "retry" && !gaveUp.has(deliveryId)),
    );
    await putBackLanes(
      tx,
      [...ends].map((settlement) => put(ctx, settlement, rowOf(settlement)!.attempts + 1)),
    );
    const cleared = valid.filter((settlement) => !ends.has(settlement)).flatMap((one) => rowOf(one) ?? []);
    await clearAttempts(
      tx,
      cleared.filter(({ attempts }) => attempts > 0),
    );
    return settlements.map((settlement) => ({
      goOn: rowOf(settlement) !== undefined && !ends.has(settlement),
    }));
  });
}

/** Writes down how one attempt went. */
export async function settleDelivery(ctx: Context, settlement: Settlement): Promise<{ goOn: boolean }> {
  return (await settleDeliveries(ctx, [settlement]))[0] ?? { goOn: false };
}

/** Where a lane stands after a failure. */
function put(ctx: Context, { lane, outcome }: Settlement, attempts: number) {
  const later = new Date(ctx.now().getTime() + backOff(attempts));
  const notBefore = outcome.state === "retry" ? outcome.notBefore : undefined;
  const nextAttemptAt = notBefore !== undefined && notBefore > later ? notBefore : later;
  return { streamId: lane.streamId, host: lane.host, attempts, nextAttemptAt };
}

/** Writes down what became of deliveries; answers those that were given up. */
async function settleRows(
  ctx: Context,
  tx: Transaction,
  settlements: readonly Settlement[],
): Promise<ReadonlySet<number>> {
  const now = ctx.now();
  const outcomes = new Map(settlements.map(({ deliveryId, outcome }) => [deliveryId, outcome]));
  const open = await lockOpen(tx, [...outcomes.keys()]);
  const changed = open.flatMap((row) => {
    const next = stateAfter(row, outcomes.get(row.id)!, now);
    return next === null ? [] : [{ row, next }];
  });
  const over = changed.filter(({ next }) => next.state === "refused" || next.state === "gave-up");
  const told = await findTold(tx, {
    changed: changed.map(({ row }) => row),
    ended: over.map(({ row }) => row),
  });
  if (over.length > 0) {
    const rows = [...told, ...over.map(({ row }) => row)];
    await lockPeople(
      tx,
      rows.map(({ authorId }) => authorId),
    );
    await endUnasked(
      ctx,
      tx,
      over.map(({ row }) => row),
    );
  }
  const numbers = await takeNumbers(tx, told);
  const changes = changed.map(({ row, next }) => ({ id: row.id, ...next, number: numbers.get(row.id) ?? 0 }));
  await changeDeliveries(tx, changes, now);
  const ended = changes.filter(({ state }) => state !== "waiting" && state !== "accepted");
  if (ended.length > 0)
    await endEdits(
      tx,
      ended.map(({ id }) => id),
    );
  for (const row of told) recordDelivery(tx, row, numbers.get(row.id)!);
  return new Set(changes.filter(({ state }) => state === "gave-up").map(({ id }) => id));
}

/** How a delivery fares after an attempt; null when that is no news. */
function stateAfter(
  row: DeliveryRow,
  outcome: Outcome,
  now: Date,
): Pick<DeliveryRow, "state" | "reason"> | null {
  // What was cancelled while it was under way has arrived all the same.
  if (row.state !== "waiting" && outcome.state !== "accepted") return null;
  const reason = outcome.state === "accepted" ? null : outcome.reason;
  const gaveUp = outcome.state === "retry" && now.getTime() - row.createdAt.getTime() >= GIVE_UP_MS;
  const state = gaveUp ? "gave-up" : outcome.state === "retry" ? "waiting" : outcome.state;
  // Many failures for the same reason are one piece of news for the author.
  return state === row.state && reason === row.reason ? null : { state, reason };
}

/** The next of their author's own numbers for each delivery of which they are told. */
async function takeNumbers(
  tx: Transaction,
  rows: readonly DeliveryRow[],
): Promise<ReadonlyMap<number, number>> {
  const byAuthor = Map.groupBy(rows, ({ authorId }) => authorId);
  const authors = [...byAuthor.keys()].toSorted((one: PersonId, other: PersonId) => (one < other ? -1 : 1));
  // They travel together, and the connection runs them in this order.
  const numbered = await Promise.all(
    authors.map(async (authorId) => {
      const own = byAuthor.get(authorId)!;
      const last = await takeNumber(tx, authorId, own.length);
      return own.map(({ id }, index) => [id, last - own.length + 1 + index] as const);
    }),
  );
  return new Map(numbered.flat());
}

/** Keeps count of servers' failures in a row, and leaves them alone for longer and longer. */
async function notePeers(ctx: Context, tx: Transaction, settlements: readonly Settlement[]): Promise<void> {
  const byHost = Map.groupBy(settlements, ({ lane }) => lane.host);
  const known = new Map((await findPeers(tx, [...byHost.keys()])).map((peer) => [peer.host, peer]));
  const now = ctx.now();
  const rows = [...byHost].flatMap(([host, attempts]) => {
    const before = known.get(host);
    let { failures, failingSince } = before ?? { failures: 0, failingSince: null };
    for (const { outcome } of attempts) {
      const failing = outcome.state === "retry" && outcome.silent === true;
      failures = failing ? failures + 1 : 0;
      failingSince = failing ? (failingSince ?? now) : null;
    }
    if (failures === (before?.failures ?? 0) && failures === 0) return [];
    const closedUntil = failures < CIRCUIT_FAILURES ? null : new Date(now.getTime() + backOff(failures));
    return [{ host, failures, failingSince, closedUntil }];
  });
  await savePeers(tx, rows);
}

/** Milliseconds to wait after the n-th failure in a row: doubling, with jitter, an hour at most. */
function backOff(failures: number): number {
  const full = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  return full * (0.5 + Math.random() / 2);
}
