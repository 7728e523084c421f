import { and, asc, eq, lte, or, sql } from "drizzle-orm";
import type { ActivityId, StreamId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { conversation } from "./schema/conversations.ts";
import { activity, delivery, lane, peer } from "./schema/federation.ts";
import { message } from "./schema/messages.ts";
import { person } from "./schema/people.ts";

/** Lanes of one healthy server that may be under way at once. */
const LANES_PER_HOST = 4;

export type ActivityRow = typeof activity.$inferSelect;

export interface LaneKey {
  streamId: StreamId;
  host: string;
}

export interface LeasedLane extends LaneKey {
  leaseToken: string;
  attempts: number;
}

/**
 * Leases due lanes that nobody holds. A server that failed last time gets one lane at a time, as a probe, so that
 * the lanes of a dead server never take the places of others.
 */
export async function leaseDueLanes(
  q: Queryable,
  lease: { now: Date; until: Date; limit: number; token: string },
): Promise<LeasedLane[]> {
  const now = lease.now.toISOString();
  const rows = await q.execute<{ conversation_id: StreamId; host: string; attempts: number }>(sql`
    with held as (select host, count(*) as lanes from lane where lease_until > ${now} group by host),
    due as (
      select l.conversation_id, l.host, l.next_attempt_at, coalesce(p.failures, 0) as failures,
        coalesce(h.lanes, 0) + row_number() over (partition by l.host order by l.next_attempt_at) as place
      from lane l left join peer p on p.host = l.host left join held h on h.host = l.host
      where l.next_attempt_at <= ${now} and (l.lease_until is null or l.lease_until <= ${now})
        and (p.closed_until is null or p.closed_until <= ${now})
    )
    update lane set lease_until = ${lease.until.toISOString()}, lease_token = ${lease.token}
    where (conversation_id, host) in (
      select l.conversation_id, l.host from lane l
      where (l.lease_until is null or l.lease_until <= ${now}) and (l.conversation_id, l.host) in (
        select conversation_id, host from due
        where place <= case when failures > 0 then 1 else ${LANES_PER_HOST} end
        order by next_attempt_at limit ${lease.limit}
      )
      for update skip locked
    )
    returning conversation_id, host, attempts`);
  return rows.map(({ conversation_id, host, attempts }) => {
    return { streamId: conversation_id, host, attempts, leaseToken: lease.token };
  });
}

/** Puts off the end of a lease; one that somebody else has taken over stays theirs. */
export async function extendLease(
  q: Queryable,
  key: LaneKey & { leaseToken: string },
  until: Date,
): Promise<void> {
  const where = and(isLane(key), eq(lane.leaseToken, key.leaseToken));
  await q.update(lane).set({ leaseUntil: until }).where(where);
}

/** Locks all lanes of a stream, in one order, before their deliveries: as settling a delivery does. */
export async function lockLanes(tx: Transaction, streamId: StreamId): Promise<void> {
  await tx
    .select({ host: lane.host })
    .from(lane)
    .where(eq(lane.streamId, streamId))
    .orderBy(asc(lane.host))
    .for("update");
}

/** Locks a lane if this lease still holds it. */
export async function lockLane(tx: Transaction, key: LaneKey & { leaseToken: string }) {
  const where = and(isLane(key), eq(lane.leaseToken, key.leaseToken));
  const rows = await tx.select().from(lane).where(where).for("update");
  return rows[0] ?? null;
}

export async function updateLane(tx: Transaction, key: LaneKey, set: Partial<typeof lane.$inferInsert>) {
  await tx.update(lane).set(set).where(isLane(key));
}

/** The oldest delivery that still waits in a lane, with whom it is for. */
export async function findNextDelivery(q: Queryable, key: LaneKey) {
  const rows = await q
    .select({ delivery, recipient: person, actorId: activity.actorId, body: activity.body })
    .from(delivery)
    .innerJoin(activity, eq(activity.id, delivery.activityId))
    .innerJoin(person, eq(person.id, delivery.recipientId))
    .where(
      and(eq(delivery.streamId, key.streamId), eq(delivery.host, key.host), eq(delivery.state, "waiting")),
    )
    .orderBy(asc(delivery.id))
    .limit(1);
  return rows[0] ?? null;
}

/** Lanes in which something has waited since before `before`. */
export async function findStaleLanes(q: Queryable, before: Date, limit: number): Promise<LaneKey[]> {
  return await q
    .selectDistinct({ streamId: delivery.streamId, host: delivery.host })
    .from(delivery)
    .where(and(eq(delivery.state, "waiting"), lte(delivery.createdAt, before)))
    .limit(limit);
}

/** Ends what has waited in a locked lane since before `before`; answers what that was. */
export async function giveUpWaiting(tx: Transaction, key: LaneKey, times: { before: Date; now: Date }) {
  return await tx
    .update(delivery)
    .set({ state: "gave-up", changedAt: times.now })
    .where(
      and(
        eq(delivery.streamId, key.streamId),
        eq(delivery.host, key.host),
        eq(delivery.state, "waiting"),
        lte(delivery.createdAt, times.before),
      ),
    )
    .returning();
}

export type DeliveryRow = typeof delivery.$inferSelect;

/** Locks a delivery that still waits; null when somebody settled it meanwhile. */
export async function lockWaiting(tx: Transaction, id: number) {
  const rows = await tx
    .select()
    .from(delivery)
    .where(and(eq(delivery.id, id), eq(delivery.state, "waiting")))
    .for("update");
  return rows[0] ?? null;
}

/** Locks a delivery that waits, or that was cancelled: it may have been under way. */
export async function lockOpen(tx: Transaction, id: number) {
  const isCancelled = and(eq(delivery.state, "gave-up"), eq(delivery.reason, "cancelled"));
  const rows = await tx
    .select()
    .from(delivery)
    .where(and(eq(delivery.id, id), or(eq(delivery.state, "waiting"), isCancelled)))
    .for("update");
  return rows[0] ?? null;
}

export async function updateDelivery(
  tx: Transaction,
  id: number,
  set: Partial<typeof delivery.$inferInsert>,
) {
  await tx.update(delivery).set(set).where(eq(delivery.id, id));
}

export async function findPeer(q: Queryable, host: string) {
  const rows = await q.select().from(peer).where(eq(peer.host, host));
  return rows[0] ?? null;
}

export async function upsertPeer(tx: Transaction, row: typeof peer.$inferInsert): Promise<void> {
  await tx.insert(peer).values(row).onConflictDoUpdate({ target: peer.host, set: row });
}

/** When the next lane may be tried; null when nothing waits. */
export async function findNextDue(q: Queryable): Promise<Date | null> {
  const rows = await q.execute<{ due: string | null }>(sql`
    select (extract(epoch from min(greatest(l.next_attempt_at, l.lease_until, p.closed_until))) * 1000)::text as due
    from lane l left join peer p on p.host = l.host where l.next_attempt_at is not null`);
  const due = rows[0]?.due ?? null;
  return due === null ? null : new Date(Number(due));
}

/** An activity with its actor, and with the message and the conversation that it concerns, if it does. */
export async function findActivity(q: Queryable, id: ActivityId) {
  const rows = await q
    .select({
      activity,
      actor: person,
      message,
      conversation: { id: conversation.id, uri: conversation.uri },
    })
    .from(activity)
    .innerJoin(person, eq(person.id, activity.actorId))
    .leftJoin(message, eq(message.id, activity.messageId))
    .leftJoin(conversation, eq(conversation.id, activity.conversationId))
    .where(eq(activity.id, id));
  return rows[0] ?? null;
}

/** Keeps the body made for an activity; the first one stays. Its delivery must be locked. */
export async function setActivityBody(q: Queryable, id: ActivityId, body: string): Promise<string> {
  const rows = await q
    .update(activity)
    .set({ body: sql`coalesce(${activity.body}, ${body})` })
    .where(eq(activity.id, id))
    .returning({ body: activity.body });
  return rows[0]?.body ?? body;
}

function isLane(key: LaneKey) {
  return and(eq(lane.streamId, key.streamId), eq(lane.host, key.host));
}
