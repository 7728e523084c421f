import { and, asc, eq, gt, inArray, isNotNull } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import type { Since } from "./people.ts";
import { draft } from "./schema/lists.ts";

export type DraftRow = typeof draft.$inferSelect;

/** What somebody has begun to write in these conversations. */
export async function findDrafts(
  q: Queryable,
  personId: PersonId,
  ids: readonly ConversationId[],
): Promise<DraftRow[]> {
  if (ids.length === 0) return [];
  return await q
    .select()
    .from(draft)
    .where(and(eq(draft.personId, personId), inArray(draft.conversationId, [...ids]), isNotNull(draft.text)));
}

/** What somebody wrote on at, or threw away, after their own number `after`. */
export async function findDraftsSince(q: Queryable, personId: PersonId, since: Since): Promise<DraftRow[]> {
  return await q
    .select()
    .from(draft)
    .where(and(eq(draft.personId, personId), gt(draft.number, since.after)))
    .orderBy(asc(draft.number))
    .limit(since.limit);
}

export async function upsertDraft(tx: Transaction, row: DraftRow): Promise<void> {
  const { text, inReplyTo, changedAt, number } = row;
  await tx
    .insert(draft)
    .values(row)
    .onConflictDoUpdate({
      target: [draft.personId, draft.conversationId],
      set: { text, inReplyTo, changedAt, number },
    });
}
