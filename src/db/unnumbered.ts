import { and, asc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Transaction } from "./connect.ts";
import type { MessageRow } from "./messages.ts";
import { unnumberedActivity } from "./schema/groups.ts";
import { message } from "./schema/messages.ts";

/** Keeps what came from its author until its number comes. */
export async function insertUnnumbered(
  tx: Transaction,
  row: typeof unnumberedActivity.$inferInsert,
): Promise<void> {
  await tx.insert(unnumberedActivity).values(row).onConflictDoNothing();
}

/** Takes out what came from its author before its number: whatever it was, or only what has that digest. */
export async function takeUnnumbered(
  tx: Transaction,
  conversationId: ConversationId,
  { uri, digest }: { uri: string; digest: string | null },
) {
  const of = and(
    eq(unnumberedActivity.conversationId, conversationId),
    eq(unnumberedActivity.uri, uri),
    digest === null ? undefined : eq(unnumberedActivity.digest, digest),
  );
  const rows = await tx.delete(unnumberedActivity).where(of).returning();
  return rows[0] ?? null;
}

/** Where a message came from, as far as that is unusual. */
export type Labels = Partial<Pick<typeof message.$inferSelect, "vouched" | "unlogged">>;

/** Says so of messages, each under its new revision. */
export async function labelMessages(
  tx: Transaction,
  rows: readonly { id: MessageId; revision: number }[],
  set: Labels,
): Promise<void> {
  const revisions = rows.map(({ id, revision }) => sql`when ${message.id} = ${id} then ${revision}::bigint`);
  await tx
    .update(message)
    .set({ ...set, revision: sql`case ${sql.join(revisions, sql` `)} end` })
    .where(
      inArray(
        message.id,
        rows.map(({ id }) => id),
      ),
    );
}

/** What came from authors and has no number: of one of them, or what came before a time and is not marked, oldest first. */
export async function findUnlogged(
  tx: Transaction,
  conversationId: ConversationId,
  which: { authorId: PersonId } | { before: Date; limit: number },
): Promise<MessageRow[]> {
  const waiting = tx
    .select({ id: unnumberedActivity.messageId })
    .from(unnumberedActivity)
    .where(eq(unnumberedActivity.conversationId, conversationId));
  const found = tx
    .select()
    .from(message)
    .where(
      and(
        inArray(message.id, waiting),
        isNull(message.seq),
        isNull(message.deletedAt),
        "authorId" in which
          ? eq(message.authorId, which.authorId)
          : and(eq(message.unlogged, false), lte(message.receivedAt, which.before)),
      ),
    )
    .orderBy(asc(message.position));
  return "limit" in which ? await found.limit(which.limit) : await found;
}
