import { and, eq, inArray, lte, sql } from "drizzle-orm";
import type { ActivityId, StreamId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { lacksParent } from "./parents.ts";
import { buildOnce, isAmong } from "./prepare.ts";
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

/** A lane, held for a while. */
export interface Lease extends LaneKey {
  leaseToken: string;
}

export interface LeasedLane extends Lease {
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

/** Puts off the end of leases; one that somebody else has taken over stays theirs. */
export async function extendLeases(q: Queryable, leases: readonly Lease[], until: Date): Promise<void> {
  await q.update(lane).set({ leaseUntil: until }).where(isLeased(leases));
}

const lanesOf = buildOnce((db) =>
  db
    .select({ host: lane.host })
    .from(lane)
    .where(isAmong(lane.streamId, "ids"))
    .orderBy(lane.streamId, inOrder.host)
    .for("update")
    .prepare("lock_lanes"),
);

/** Locks all lanes of streams, in one order, before their deliveries: as settling a delivery does. */
export async function lockLanes(tx: Transaction, ids: readonly StreamId[]): Promise<void> {
  if (ids.length > 0) await lanesOf(tx).execute({ ids });
}

/** Locks those lanes that these leases still hold, in one order. */
export async function lockLeased(tx: Transaction, leases: readonly Lease[]) {
  const rows = tx.select().from(lane).where(isLeased(leases));
  return await rows.orderBy(lane.streamId, inOrder.host).for("update");
}

/** Puts lanes back, each with its failures so far and the time of its next attempt. */
export async function putBackLanes(
  tx: Transaction,
  lanes: readonly (LaneKey & { attempts: number; nextAttemptAt: Date | null })[],
): Promise<void> {
  if (lanes.length === 0) return;
  const times = sql.param(lanes.map(({ nextAttemptAt }) => nextAttemptAt?.toISOString() ?? null));
  await tx.execute(sql`
    update lane set attempts = back.attempts, next_attempt_at = back.at::timestamptz, lease_until = null, lease_token = null
    from unnest(${idsOf(lanes)}::uuid[], ${hostsOf(lanes)}::text[],
      ${sql.param(lanes.map(({ attempts }) => attempts))}::bigint[], ${times}::text[]) as back (id, host, attempts, at)
    where lane.conversation_id = back.id and lane.host = back.host`);
}

/** Forgets the failures of lanes. */
export async function clearAttempts(tx: Transaction, lanes: readonly LaneKey[]): Promise<void> {
  if (lanes.length === 0) return;
  const keys = sql`select * from unnest(${idsOf(lanes)}::uuid[], ${hostsOf(lanes)}::text[])`;
  await tx
    .update(lane)
    .set({ attempts: 0 })
    .where(sql`(${lane.streamId}, ${lane.host}) in (${keys})`);
}

/**
 * The oldest delivery that still waits in each lane, with whom it is for; none for a lane where nothing waits. Nothing
 * waits for a read mark.
 */
export async function findNextDeliveries(q: Queryable, lanes: readonly LaneKey[]) {
  const first = sql`
    select first.id from unnest(${idsOf(lanes)}::uuid[], ${hostsOf(lanes)}::text[]) as key (id, host)
    cross join lateral (
      select coalesce(
        (select d.id from delivery d join activity a on a.id = d.activity_id
          where d.conversation_id = key.id and d.host = key.host and d.state = 'waiting' and a.type <> 'Read'
          order by d.id limit 1),
        (select d.id from delivery d
          where d.conversation_id = key.id and d.host = key.host and d.state = 'waiting'
          order by d.id limit 1)
      ) as id
    ) first`;
  return await q
    .select({
      delivery,
      recipient: person,
      actorId: activity.actorId,
      type: activity.type,
      body: activity.body,
      quotedBody: activity.quotedBody,
      lacksParent: lacksParent(sql`${delivery.host}`),
    })
    .from(delivery)
    .innerJoin(activity, eq(activity.id, delivery.activityId))
    .innerJoin(person, eq(person.id, delivery.recipientId))
    .where(sql`${delivery.id} in (${first})`);
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

/** What is known of servers' failures. */
export async function findPeers(q: Queryable, hosts: readonly string[]) {
  return await q
    .select()
    .from(peer)
    .where(inArray(peer.host, [...hosts]));
}

/** Keeps count of servers' failures, in one order. */
export async function savePeers(tx: Transaction, rows: readonly (typeof peer.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return;
  const sorted = rows.toSorted((one, other) => (one.host < other.host ? -1 : 1));
  await tx
    .insert(peer)
    .values(sorted)
    .onConflictDoUpdate({
      target: peer.host,
      set: {
        failures: sql`excluded.failures`,
        failingSince: sql`excluded.failing_since`,
        closedUntil: sql`excluded.closed_until`,
      },
    });
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

/** Keeps a body made for an activity; the first one stays. Its delivery must be locked. */
export async function setActivityBody(
  q: Queryable,
  id: ActivityId,
  made: { body: string; lacksParent: boolean },
): Promise<string> {
  const [name, column] = made.lacksParent
    ? (["quotedBody", activity.quotedBody] as const)
    : (["body", activity.body] as const);
  const rows = await q
    .update(activity)
    .set({ [name]: sql`coalesce(${column}, ${made.body})` })
    .where(eq(activity.id, id))
    .returning({ body: column });
  return rows[0]?.body ?? made.body;
}

/** Everybody who locks several lanes does it in this order, which is that of JavaScript too. */
const inOrder = { host: sql`${lane.host} collate "C"` };

function isLeased(leases: readonly Lease[]) {
  const tokens = sql.param(leases.map(({ leaseToken }) => leaseToken));
  const keys = sql`select * from unnest(${idsOf(leases)}::uuid[], ${hostsOf(leases)}::text[], ${tokens}::text[])`;
  return sql`(${lane.streamId}, ${lane.host}, ${lane.leaseToken}) in (${keys})`;
}

function idsOf(lanes: readonly LaneKey[]) {
  return sql.param(lanes.map(({ streamId }) => streamId));
}

function hostsOf(lanes: readonly LaneKey[]) {
  return sql.param(lanes.map(({ host }) => host));
}
