import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, or } from "drizzle-orm";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { asLeftAnywhere } from "./as-left.ts";
import type { Queryable, Transaction } from "./connect.ts";
import type { Since } from "./people.ts";
import { message, savedMessage } from "./schema/messages.ts";
import { seenBy, shown, toShown } from "./sight.ts";

interface SavedKey {
  personId: PersonId;
  messageId: MessageId;
}

export async function findSavedAt(q: Queryable, { personId, messageId }: SavedKey): Promise<Date | null> {
  const rows = await q
    .select({ at: savedMessage.savedAt })
    .from(savedMessage)
    .where(and(eq(savedMessage.personId, personId), eq(savedMessage.messageId, messageId)));
  return rows[0]?.at ?? null;
}

/** Which of some messages somebody keeps. */
export async function findSavedAmong(
  q: Queryable,
  personId: PersonId,
  ids: readonly MessageId[],
): Promise<MessageId[]> {
  if (ids.length === 0) return [];
  const isTheirs = and(eq(savedMessage.personId, personId), isNotNull(savedMessage.savedAt));
  const rows = await q
    .select({ id: savedMessage.messageId })
    .from(savedMessage)
    .where(and(isTheirs, inArray(savedMessage.messageId, [...ids])));
  return rows.map(({ id }) => id);
}

/** What somebody kept or let go of after their own number `after`. */
export async function findSavedSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select()
    .from(savedMessage)
    .where(and(eq(savedMessage.personId, personId), gt(savedMessage.number, since.after)))
    .orderBy(asc(savedMessage.number))
    .limit(since.limit);
}

/** Where a page of kept messages begins: after this one, newest first. */
export interface SavedCursor {
  savedAt: Date;
  id: MessageId;
}

/** A page of what somebody keeps, newest first; what was deleted or may not be seen any more is left out. */
export async function findSavedPage(
  q: Queryable,
  personId: PersonId,
  page: { before: SavedCursor | null; limit: number },
) {
  const { before } = page;
  const older =
    before &&
    or(
      lt(savedMessage.savedAt, before.savedAt),
      and(eq(savedMessage.savedAt, before.savedAt), lt(savedMessage.messageId, before.id)),
    );
  const isTheirs = and(eq(savedMessage.personId, personId), isNotNull(savedMessage.savedAt));
  const rows = await q
    .select({ ...shown, savedAt: savedMessage.savedAt })
    .from(savedMessage)
    .innerJoin(message, eq(message.id, savedMessage.messageId))
    .where(and(isTheirs, isNull(message.deletedAt), seenBy(q, personId), older ?? undefined))
    .orderBy(desc(savedMessage.savedAt), desc(savedMessage.messageId))
    .limit(page.limit);
  const seen = rows.map((row) => toShown(row, personId));
  const messages = await asLeftAnywhere(q, personId, seen);
  return rows.map((row, index) => ({ savedAt: row.savedAt!, message: messages[index]! }));
}

/** Keeps a message, or lets go of it (null). */
export async function upsertSaved(tx: Transaction, row: typeof savedMessage.$inferInsert): Promise<void> {
  const { savedAt, number } = row;
  await tx
    .insert(savedMessage)
    .values(row)
    .onConflictDoUpdate({
      target: [savedMessage.personId, savedMessage.messageId],
      set: { savedAt, number },
    });
}
