import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, sql } from "drizzle-orm";
import type { ActivityId, ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { ConversationRow } from "./conversations.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { conversation } from "./schema/conversations.ts";
import { logEntry, unnumberedActivity } from "./schema/groups.ts";
import { activity } from "./schema/federation.ts";
import { message } from "./schema/messages.ts";

export type LogEntryRow = typeof logEntry.$inferSelect;
export type NewLogEntry = typeof logEntry.$inferInsert;

/** Notes numbers of a log; one that is there stays as it is. Answers those that were not. */
export async function insertHeard(tx: Transaction, rows: readonly NewLogEntry[]): Promise<LogEntryRow[]> {
  if (rows.length === 0) return [];
  return await tx
    .insert(logEntry)
    .values([...rows])
    .onConflictDoNothing()
    .returning();
}

/** Those of some numbers of a log that are known. */
export async function findEntries(
  q: Queryable,
  conversationId: ConversationId,
  seqs: readonly number[],
): Promise<LogEntryRow[]> {
  const of = and(eq(logEntry.conversationId, conversationId), inArray(logEntry.seq, [...seqs]));
  return seqs.length === 0 ? [] : await q.select().from(logEntry).where(of);
}

/** The numbers of a log that are known above one. */
export async function findEntriesAfter(
  q: Queryable,
  conversationId: ConversationId,
  { after, limit }: { after: number; limit: number },
): Promise<LogEntryRow[]> {
  return await q
    .select()
    .from(logEntry)
    .where(and(eq(logEntry.conversationId, conversationId), gt(logEntry.seq, after)))
    .orderBy(asc(logEntry.seq))
    .limit(limit);
}

/** Writes what became of a number. */
export async function settleEntry(
  tx: Transaction,
  { conversationId, seq }: Pick<LogEntryRow, "conversationId" | "seq">,
  set: Pick<LogEntryRow, "state"> & { messageId?: MessageId | null },
): Promise<void> {
  await tx
    .update(logEntry)
    .set({ ...set, nextAttemptAt: null })
    .where(and(eq(logEntry.conversationId, conversationId), eq(logEntry.seq, seq)));
}

/** The number of a log under which an author's activity is logged; null while it is not known. */
export async function findEntryOf(
  tx: Transaction,
  conversationId: ConversationId,
  uri: string,
): Promise<LogEntryRow | null> {
  const rows = await tx
    .select()
    .from(logEntry)
    .where(and(eq(logEntry.conversationId, conversationId), eq(logEntry.uri, uri)))
    .orderBy(asc(logEntry.seq))
    .limit(1);
  return rows[0] ?? null;
}

/** Says what was logged last of a message: an activity of its author's server. */
export async function nameEntry(
  tx: Transaction,
  row: { conversationId: ConversationId; messageId: MessageId; uri: string; digest: string },
): Promise<void> {
  const { conversationId, messageId, uri, digest } = row;
  const newest = tx
    .select({ seq: logEntry.seq })
    .from(logEntry)
    .where(and(eq(logEntry.conversationId, conversationId), eq(logEntry.messageId, messageId)))
    .orderBy(desc(logEntry.seq))
    .limit(1);
  await tx
    .update(logEntry)
    .set({ uri, digest })
    .where(
      and(
        eq(logEntry.conversationId, conversationId),
        sql`${logEntry.seq} = ${newest}`,
        isNull(logEntry.uri),
        isNull(logEntry.activityId),
        isNull(logEntry.decision),
      ),
    );
}

/** Keeps what came from its author until its number comes. */
export async function insertUnnumbered(
  tx: Transaction,
  row: typeof unnumberedActivity.$inferInsert,
): Promise<void> {
  await tx.insert(unnumberedActivity).values(row).onConflictDoNothing();
}

/** Takes out what came from its author before its number. */
export async function takeUnnumbered(tx: Transaction, conversationId: ConversationId, uri: string) {
  const of = and(eq(unnumberedActivity.conversationId, conversationId), eq(unnumberedActivity.uri, uri));
  const rows = await tx.delete(unnumberedActivity).where(of).returning();
  return rows[0] ?? null;
}

/** The message that an activity of ours is about, if that is in this conversation. */
export async function findMessageOf(
  tx: Transaction,
  conversationId: ConversationId,
  activityId: ActivityId,
): Promise<MessageId | null> {
  const rows = await tx
    .select({ messageId: activity.messageId })
    .from(activity)
    .where(and(eq(activity.id, activityId), eq(activity.conversationId, conversationId)));
  return rows[0]?.messageId ?? null;
}

/** A message has the lowest number of all that was logged of it: that of its coming into being. */
export async function numberMessage(tx: Transaction, id: MessageId, seq: number): Promise<void> {
  await tx
    .update(message)
    .set({ seq: sql`least(${message.seq}, ${seq}::bigint)` })
    .where(eq(message.id, id));
}

/** Numbers the line that told here that somebody went, before the group's log did; null when there is none. */
export async function numberLeaving(
  tx: Transaction,
  { conversationId, personId }: { conversationId: ConversationId; personId: PersonId },
  seq: number,
): Promise<MessageId | null> {
  const oldest = tx
    .select({ id: message.id })
    .from(message)
    .where(
      and(
        eq(message.conversationId, conversationId),
        eq(message.authorId, personId),
        isNull(message.seq),
        sql`${message.notice}->>'type' = 'left'`,
      ),
    )
    .orderBy(asc(message.position))
    .limit(1);
  const rows = await tx.update(message).set({ seq }).where(inArray(message.id, oldest)).returning();
  return rows[0]?.id ?? null;
}

/** How far a group's log is taken here, and the group's epoch by then. */
export async function setLogSeq(
  tx: Transaction,
  { id, logSeq, chatEpoch }: Pick<ConversationRow, "id" | "logSeq" | "chatEpoch">,
): Promise<void> {
  await tx.update(conversation).set({ logSeq, chatEpoch }).where(eq(conversation.id, id));
}

/** Takes numbers whose activities are to be fetched now, and puts off the next time. */
export async function leaseMissing(q: Queryable, lease: { now: Date; until: Date; limit: number }) {
  const due = q
    .select({ conversationId: logEntry.conversationId, seq: logEntry.seq })
    .from(logEntry)
    .where(and(isNotNull(logEntry.nextAttemptAt), lte(logEntry.nextAttemptAt, lease.now)))
    .orderBy(asc(logEntry.nextAttemptAt))
    .limit(lease.limit)
    .for("update", { skipLocked: true });
  return await q
    .update(logEntry)
    .set({ nextAttemptAt: lease.until, attempts: sql`${logEntry.attempts} + 1` })
    .where(sql`(${logEntry.conversationId}, ${logEntry.seq}) in ${due}`)
    .returning();
}

/** One number of a log, to be changed. */
export async function findEntry(
  tx: Transaction,
  { conversationId, seq }: Pick<LogEntryRow, "conversationId" | "seq">,
): Promise<LogEntryRow | null> {
  const rows = await tx
    .select()
    .from(logEntry)
    .where(and(eq(logEntry.conversationId, conversationId), eq(logEntry.seq, seq)))
    .for("update");
  return rows[0] ?? null;
}

/** Puts off a number whose activity could not be had. */
export async function postponeMissing(
  q: Queryable,
  { conversationId, seq }: Pick<LogEntryRow, "conversationId" | "seq">,
  nextAttemptAt: Date,
): Promise<void> {
  await q
    .update(logEntry)
    .set({ nextAttemptAt })
    .where(
      and(eq(logEntry.conversationId, conversationId), eq(logEntry.seq, seq), eq(logEntry.state, "missing")),
    );
}
