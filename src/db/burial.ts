import { and, asc, inArray, isNull, lte, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { withdrawDeliveries } from "./outbox.ts";
import { forgetQuotes } from "./parents.ts";
import { deleteEntries } from "./search-index.ts";
import type { MessageRow } from "./messages.ts";
import { message, messageVersion, reaction } from "./schema/messages.ts";

/** What is left of a message's body, and of what was done to it. */
const nothing = {
  text: null,
  html: null,
  opaque: null,
  mediaType: null,
  mentions: [],
  pinnedAt: null,
  pinnedBy: null,
  pinWithheldFrom: [],
};

/**
 * Leaves only the fact that there were these messages, each under its new revision: no version of a body stays, and no
 * bytes that were made of one. Their lanes must be locked.
 */
export async function buryMessages(
  tx: Transaction,
  graves: readonly { id: MessageId; revision: number }[],
  { deletedAt, deletedBy }: { deletedAt: Date; deletedBy: PersonId | null },
): Promise<MessageRow[]> {
  const ids = graves.map(({ id }) => id);
  const revisions = sql.join(
    graves.map(({ id, revision }) => sql`when ${message.id} = ${id} then ${revision}::bigint`),
    sql` `,
  );
  const rows = await tx
    .update(message)
    .set({ ...nothing, deletedAt, deletedBy, revision: sql`case ${revisions} end` })
    .where(inArray(message.id, ids))
    .returning();
  // Only now: whoever was making their words findable has ended.
  await Promise.all([
    tx.delete(messageVersion).where(inArray(messageVersion.messageId, ids)),
    tx.delete(reaction).where(inArray(reaction.messageId, ids)),
    deleteEntries(tx, ids),
    withdrawDeliveries(tx, ids, deletedAt),
    forgetQuotes(tx, ids),
  ]);
  return rows.toSorted((one, other) => one.revision - other.revision);
}

/** Conversations in which something should have disappeared by `now`, oldest first. */
export async function findExpiring(q: Queryable, now: Date, limit: number): Promise<ConversationId[]> {
  const rows = await q
    .select({ id: message.conversationId })
    .from(message)
    .where(isDue(now))
    .groupBy(message.conversationId)
    .orderBy(sql`min(${message.expiresAt})`)
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** What of a locked conversation should have disappeared by `now`, in its order. */
export async function findExpired(
  tx: Transaction,
  conversationId: ConversationId,
  due: { now: Date; limit: number },
): Promise<MessageRow[]> {
  return await tx
    .select()
    .from(message)
    .where(and(isDue(due.now), sql`${message.conversationId} = ${conversationId}`))
    .orderBy(asc(message.position))
    .limit(due.limit);
}

function isDue(now: Date) {
  return and(lte(message.expiresAt, now), isNull(message.deletedAt));
}
