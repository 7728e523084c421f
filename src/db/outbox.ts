import { and, asc, desc, eq, gt, inArray, sql } from "drizzle-orm";
import type { ActivityId, MessageId, PersonId } from "#lib/ids.ts";
import type { Since } from "./people.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { activity, delivery, lane } from "./schema/federation.ts";
import { message } from "./schema/messages.ts";

export type NewActivity = typeof activity.$inferInsert;
export type NewDelivery = typeof delivery.$inferInsert;

/** Writes activities with their deliveries at the end of their lanes, and makes those lanes due. */
export async function insertDeliveries(
  tx: Transaction,
  rows: { activities: readonly NewActivity[]; deliveries: readonly NewDelivery[]; now: Date },
): Promise<void> {
  const { activities, deliveries, now } = rows;
  const lanes = new Map(deliveries.map(({ streamId, host }) => [`${streamId} ${host}`, { streamId, host }]));
  const sorted = [...lanes.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  await tx.insert(activity).values([...activities]);
  await tx
    .insert(lane)
    .values(sorted.map((key) => ({ ...key, nextAttemptAt: now })))
    .onConflictDoUpdate({
      target: [lane.streamId, lane.host],
      set: { nextAttemptAt: sql`coalesce(${lane.nextAttemptAt}, excluded.next_attempt_at)` },
    });
  await tx.insert(delivery).values([...deliveries]);
}

/** Stamps the deliveries of activities with their author's own numbers. */
export async function stampDeliveries(
  tx: Transaction,
  stamps: readonly { activityId: ActivityId; number: number }[],
) {
  const ids = sql.param(stamps.map(({ activityId }) => activityId));
  const numbers = sql.param(stamps.map(({ number }) => number));
  await tx.execute(sql`
    update delivery set number = stamp.number
    from unnest(${ids}::uuid[], ${numbers}::bigint[]) as stamp (activity_id, number)
    where delivery.activity_id = stamp.activity_id`);
}

/** Ends deliveries of a message that must not leave any more, and forgets the bodies made for them. */
export async function withdrawDeliveries(
  tx: Transaction,
  messageIds: readonly MessageId[],
  now: Date,
): Promise<void> {
  const older = tx
    .select({ id: activity.id })
    .from(activity)
    .where(and(inArray(activity.messageId, [...messageIds]), inArray(activity.type, ["Create", "Update"])));
  await tx
    .update(delivery)
    .set({ state: "gave-up", reason: "deleted", changedAt: now })
    .where(
      and(
        inArray(delivery.messageId, [...messageIds]),
        eq(delivery.state, "waiting"),
        inArray(delivery.activityId, older),
      ),
    );
  await tx.update(activity).set({ body: null, quotedBody: null }).where(inArray(activity.id, older));
}

/** One row per message and recipient elsewhere: how the newest of its activities fared there. */
export async function findDeliveryStates(q: Queryable, messageIds: readonly MessageId[]) {
  if (messageIds.length === 0) return [];
  return await q
    .selectDistinctOn([delivery.messageId, delivery.recipientId], {
      messageId: sql<MessageId>`${delivery.messageId}`,
      recipientId: delivery.recipientId,
      host: delivery.host,
      state: delivery.state,
      reason: delivery.reason,
      changedAt: delivery.changedAt,
    })
    .from(delivery)
    .where(inArray(delivery.messageId, [...messageIds]))
    .orderBy(asc(delivery.messageId), asc(delivery.recipientId), desc(delivery.id));
}

/** Messages of `personId` whose state elsewhere changed after their number `after`. */
export async function findDeliveriesSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .selectDistinct({
      messageId: message.id,
      conversationId: message.conversationId,
      number: delivery.number,
    })
    .from(delivery)
    .innerJoin(message, eq(message.id, delivery.messageId))
    .where(and(eq(delivery.authorId, personId), gt(delivery.number, since.after)))
    .orderBy(asc(delivery.number))
    .limit(since.limit);
}
