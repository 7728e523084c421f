import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import type { MemberRow } from "./conversations.ts";
import { formerMember, member } from "./schema/conversations.ts";

export async function setMemberState(
  tx: Transaction,
  key: { conversationId: ConversationId; personId: PersonId },
  state: MemberRow["state"],
): Promise<void> {
  await tx.update(member).set({ state }).where(isMember(key));
}

/** Stamps a person's side of a conversation with their own number. */
export async function stampMember(
  tx: Transaction,
  key: { conversationId: ConversationId; personId: PersonId },
  number: number,
): Promise<void> {
  await tx.update(member).set({ number }).where(isMember(key));
}

/** What a person alone decides about their side of a conversation. */
export type SideRow = Pick<
  MemberRow,
  | "receipts"
  | "typing"
  | "presence"
  | "pinnedAt"
  | "archivedAt"
  | "mute"
  | "muteUntil"
  | "markedUnread"
  | "folderIds"
  | "number"
>;

/** Writes what somebody chose for one conversation. */
export async function updateSide(
  tx: Transaction,
  key: { conversationId: ConversationId; personId: PersonId },
  side: Partial<SideRow>,
): Promise<void> {
  await tx.update(member).set(side).where(isMember(key));
}

/** The same for somebody who went. */
export async function updateFormerSide(
  tx: Transaction,
  { conversationId, personId }: { conversationId: ConversationId; personId: PersonId },
  side: Partial<Pick<SideRow, "archivedAt" | "folderIds" | "number">>,
): Promise<void> {
  const isTheirs = and(
    eq(formerMember.conversationId, conversationId),
    eq(formerMember.personId, personId),
    isNull(formerMember.forgottenAt),
  );
  await tx.update(formerMember).set(side).where(isTheirs);
}

/** Stamps a person's sides of several conversations with their own numbers; none of them is marked unread any more. */
export async function stampRead(
  tx: Transaction,
  personId: PersonId,
  stamps: readonly { conversationId: ConversationId; number: number }[],
): Promise<void> {
  await tx.execute(sql`
    update member set marked_unread = false, number = stamp.number
    from unnest(
      ${sql.param(stamps.map(({ conversationId }) => conversationId))}::uuid[],
      ${sql.param(stamps.map(({ number }) => number))}::bigint[]
    ) as stamp (conversation_id, number)
    where member.conversation_id = stamp.conversation_id and member.person_id = ${personId}`);
}

function isMember(key: { conversationId: ConversationId; personId: PersonId }) {
  return and(eq(member.conversationId, key.conversationId), eq(member.personId, key.personId));
}

/** Which of these conversations somebody marked as unread. */
export async function findMarked(
  q: Queryable,
  personId: PersonId,
  ids: readonly ConversationId[],
): Promise<ConversationId[]> {
  const isMarked = and(eq(member.personId, personId), eq(member.markedUnread, true));
  const rows = await q
    .select({ id: member.conversationId })
    .from(member)
    .where(and(isMarked, inArray(member.conversationId, [...ids])));
  return rows.map(({ id }) => id);
}
