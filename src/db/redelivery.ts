import { and, eq, inArray, isNull, notInArray, or, sql } from "drizzle-orm";
import type { DeliveryReason } from "#lib/delivery-reason.ts";
import type { ActivityId, MessageId, PersonId, StreamId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { activity, delivery, lane, peer, type ActivityType } from "./schema/federation.ts";

const cancelled = "cancelled" satisfies DeliveryReason;
const cannotReceive = "cannot_receive" satisfies DeliveryReason;
/** What a message's words travel in; an edit fares as its message does. */
const SAYING: ActivityType[] = ["Create", "Update"];

/** What was never sent, because it would do harm or nothing, and will not be: of a block, also once it is taken back. */
const NEVER_SENT: DeliveryReason[] = [cannotReceive, "blocked"];

const failed = and(
  inArray(delivery.state, ["refused", "gave-up"]),
  or(isNull(delivery.reason), notInArray(delivery.reason, NEVER_SENT)),
);

/**
 * Lets wait again what was refused or given up of a message, wherever the newest delivery to a recipient ended so: of
 * a deleted message only its deletion. The lanes must be locked. Answers how many.
 */
export async function putBackFailed(
  tx: Transaction,
  message: { id: MessageId; deletedAt: Date | null },
  now: Date,
): Promise<number> {
  const types: ActivityType[] = message.deletedAt === null ? SAYING : ["Delete"];
  const newest = tx
    .selectDistinctOn([delivery.recipientId], { recipientId: delivery.recipientId, state: delivery.state })
    .from(delivery)
    .where(eq(delivery.messageId, message.id))
    .orderBy(delivery.recipientId, sql`${delivery.id} desc`)
    .as("newest");
  const recipients = tx
    .select({ id: newest.recipientId })
    .from(newest)
    .where(inArray(newest.state, ["refused", "gave-up"]));
  const activities = tx
    .select({ id: activity.id })
    .from(activity)
    .where(and(eq(activity.messageId, message.id), inArray(activity.type, types)));
  const rows = await tx
    .update(delivery)
    .set({ state: "waiting", reason: null, createdAt: now, changedAt: now })
    .where(
      and(
        eq(delivery.messageId, message.id),
        failed,
        inArray(delivery.recipientId, recipients),
        inArray(delivery.activityId, activities),
      ),
    )
    .returning({ id: delivery.id });
  return rows.length;
}

/** Ends what waits of a message. The lanes must be locked. Answers how many. */
export async function cancelWaiting(tx: Transaction, messageId: MessageId, now: Date): Promise<number> {
  const rows = await tx
    .update(delivery)
    .set({ state: "gave-up", reason: cancelled, changedAt: now })
    .where(and(eq(delivery.messageId, messageId), eq(delivery.state, "waiting")))
    .returning({ id: delivery.id });
  return rows.length;
}

/** Makes the lanes in which a message waits due before all others; answers their hosts. */
export async function hastenLanes(tx: Transaction, streamId: StreamId, messageId: MessageId) {
  const hosts = tx
    .select({ host: delivery.host })
    .from(delivery)
    .where(and(eq(delivery.messageId, messageId), eq(delivery.state, "waiting")));
  const rows = await tx
    .update(lane)
    .set({ nextAttemptAt: new Date(0) })
    .where(and(eq(lane.streamId, streamId), inArray(lane.host, hosts)))
    .returning({ host: lane.host });
  return rows.map(({ host }) => host);
}

/** Lets each of these servers be probed once although it was left alone; what failed before still counts. */
export async function openCircuits(tx: Transaction, hosts: readonly string[]): Promise<void> {
  const isOne = inArray(peer.host, [...hosts]);
  // In the order of JavaScript, as whoever counts failures does.
  const inOrder = sql`${peer.host} collate "C"`;
  const locked = tx.select({ host: peer.host }).from(peer).where(isOne).orderBy(inOrder).for("update");
  await tx.update(peer).set({ closedUntil: null }).where(inArray(peer.host, locked));
}

/** Stamps the deliveries of a message with its author's own number. */
export async function stampMessage(tx: Transaction, messageId: MessageId, number: number): Promise<void> {
  await tx.update(delivery).set({ number }).where(eq(delivery.messageId, messageId));
}

/** Ends the edits that wait behind messages whose delivery (`ids`) has just ended without success, as it did. */
export async function endEdits(tx: Transaction, ids: readonly number[]): Promise<void> {
  await tx.execute(sql`
    update delivery set state = first.state, reason = first.reason, number = first.number,
      changed_at = first.changed_at
    from delivery first join activity said on said.id = first.activity_id and said.type = 'Create'
    where first.id = any (${sql.param([...ids])}::bigint[]) and first.state in ('refused', 'gave-up')
      and delivery.message_id = first.message_id and delivery.recipient_id = first.recipient_id
      and delivery.id > first.id and delivery.state = 'waiting'`);
}

/** Ends fresh deliveries of edits to those whom their message never reached. The lanes must be locked. */
export async function endUnreachedEdits(tx: Transaction, ids: readonly ActivityId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    update delivery set state = first.state, reason = first.reason
    from delivery first join activity said on said.id = first.activity_id and said.type = 'Create'
    where delivery.activity_id = any (${sql.param([...ids])}::uuid[])
      and first.message_id = delivery.message_id and first.recipient_id = delivery.recipient_id
      and first.state in ('refused', 'gave-up')`);
}

/** Ends fresh deliveries to servers that cannot take them. The lanes must be locked. */
export async function endUnreadable(
  tx: Transaction,
  pairs: readonly { activityId: ActivityId; host: string }[],
): Promise<void> {
  if (pairs.length === 0) return;
  await tx.execute(sql`
    update delivery set state = 'refused', reason = ${cannotReceive}
    from unnest(
      ${sql.param(pairs.map(({ activityId }) => activityId))}::uuid[],
      ${sql.param(pairs.map(({ host }) => host))}::text[]
    ) as pair (activity_id, host)
    where delivery.activity_id = pair.activity_id and delivery.host = pair.host`);
}

/** To whom messages certainly never came: their server refused them, or they were cancelled. */
export async function findNeverReached(q: Queryable, messageIds: readonly MessageId[]) {
  if (messageIds.length === 0) return [];
  const isCreate = and(eq(activity.id, delivery.activityId), eq(activity.type, "Create"));
  return await q
    .select({
      messageId: sql<MessageId>`${delivery.messageId}`,
      recipientId: sql<PersonId>`${delivery.recipientId}`,
    })
    .from(delivery)
    .innerJoin(activity, isCreate)
    .where(
      and(
        inArray(delivery.messageId, [...messageIds]),
        or(eq(delivery.state, "refused"), and(eq(delivery.state, "gave-up"), eq(delivery.reason, cancelled))),
      ),
    );
}
