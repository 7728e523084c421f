import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  sql,
} from "drizzle-orm";
import type { ActivityId, ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { ConversationRow } from "./conversations.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { fairly, type Lease } from "./leases.ts";
import { conversation } from "./schema/conversations.ts";
import { logEntry } from "./schema/groups.ts";
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

/**
 * A message has the lowest number of all that was logged of it: that of its coming into being. Answers whether it passes for
 * one that was not logged.
 */
export async function numberMessage(tx: Transaction, id: MessageId, seq: number): Promise<boolean> {
  const rows = await tx
    .update(message)
    .set({ seq: sql`least(${message.seq}, ${seq}::bigint)` })
    .where(eq(message.id, id))
    .returning({ isUnlogged: message.unlogged });
  return rows[0]?.isUnlogged ?? false;
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

/** The server on which a logged activity is. */
const originHost = sql<string>`lower(substring(${logEntry.uri} from '^https?://([^/?#]+)'))`;

/** Takes numbers whose activities are to be fetched now, so many of each server as have room there, and puts off the next time. */
export async function leaseMissing(q: Queryable, lease: Lease) {
  const due = sql`
    select conversation_id, seq, next_attempt_at as due_at, ${originHost} as host from log_entry
    where next_attempt_at <= ${lease.now.toISOString()}::timestamptz`;
  const chosen = sql`(select conversation_id, seq from (${fairly(due, lease)}) as due)`;
  const free = q
    .select({ conversationId: logEntry.conversationId, seq: logEntry.seq })
    .from(logEntry)
    .where(and(sql`(${logEntry.conversationId}, ${logEntry.seq}) in ${chosen}`, isDue(lease.now)))
    .for("update", { skipLocked: true });
  return await q
    .update(logEntry)
    .set({ nextAttemptAt: lease.until, attempts: sql`${logEntry.attempts} + 1` })
    .where(sql`(${logEntry.conversationId}, ${logEntry.seq}) in ${free}`)
    .returning({ ...getTableColumns(logEntry), host: originHost });
}

function isDue(now: Date) {
  return and(isNotNull(logEntry.nextAttemptAt), lte(logEntry.nextAttemptAt, now));
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

/** The number next to another, before or after it, that decided about somebody; null for none. */
export async function findDecisionOn(
  tx: Transaction,
  of: { conversationId: ConversationId; personId: PersonId } & ({ before: number } | { after: number }),
): Promise<{ kind: string; notice: string | null } | null> {
  const isBefore = "before" in of;
  const rows = await tx
    .select({
      kind: sql<string>`${logEntry.decision}->>'kind'`,
      notice: sql<string | null>`${message.notice}->>'type'`,
    })
    .from(logEntry)
    .leftJoin(message, eq(message.id, logEntry.messageId))
    .where(
      and(
        eq(logEntry.conversationId, of.conversationId),
        eq(logEntry.state, "applied"),
        sql`${logEntry.decision}->>'personId' = ${of.personId}`,
        isBefore ? lt(logEntry.seq, of.before) : gt(logEntry.seq, of.after),
      ),
    )
    .orderBy(isBefore ? desc(logEntry.seq) : asc(logEntry.seq))
    .limit(1);
  return rows[0] ?? null;
}
