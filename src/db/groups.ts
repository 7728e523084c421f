import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { ConversationRow, MemberRow } from "./conversations.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { rowsFor } from "./rows.ts";
import { writeOnce } from "./prepare.ts";
import { conversation, formerMember, member } from "./schema/conversations.ts";
import { logEntry } from "./schema/groups.ts";
import { activity } from "./schema/federation.ts";
import { person } from "./schema/people.ts";

export type FormerRow = typeof formerMember.$inferSelect;

export interface OfGroup {
  conversationId: ConversationId;
  personId: PersonId;
}

/** Everybody in a group, with what is decided by, in the order in which they are shown. */
export async function findGroupMembers(q: Queryable, id: ConversationId) {
  return await q
    .select({
      member,
      person: {
        id: person.id,
        handle: person.handle,
        host: person.host,
        name: person.name,
        signals: person.signals,
      },
    })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .where(eq(member.conversationId, id))
    .orderBy(asc(member.rank));
}

export type GroupMember = Awaited<ReturnType<typeof findGroupMembers>>[number];

/** People whom a change of a group concerns, by what it must know of them. */
export async function findConcerned(
  q: Queryable,
  ids: readonly PersonId[],
): Promise<GroupMember["person"][]> {
  return await q
    .select({
      id: person.id,
      handle: person.handle,
      host: person.host,
      name: person.name,
      signals: person.signals,
    })
    .from(person)
    .where(inArray(person.id, [...ids]));
}

/** Writes what a locked group says of itself, and its numbers. */
export async function updateGroup(
  tx: Transaction,
  { id, ...facts }: Pick<ConversationRow, "id"> & Partial<ConversationRow>,
): Promise<void> {
  await tx
    .update(conversation)
    .set({ ...facts, changedXid: sql`pg_current_xact_id()` })
    .where(eq(conversation.id, id));
}

export async function setRole(tx: Transaction, of: OfGroup, role: MemberRow["role"]): Promise<void> {
  const where = and(eq(member.conversationId, of.conversationId), eq(member.personId, of.personId));
  await tx.update(member).set({ role }).where(where);
}

/** Puts somebody who goes among those who were there; what they were told of is what they keep. */
export async function moveToFormer(tx: Transaction, row: FormerRow): Promise<void> {
  const { conversationId, personId, ...rest } = row;
  await tx
    .delete(member)
    .where(and(eq(member.conversationId, conversationId), eq(member.personId, personId)));
  await tx
    .insert(formerMember)
    .values(row)
    .onConflictDoUpdate({ target: [formerMember.conversationId, formerMember.personId], set: rest });
}

/** Somebody came back: what they kept from before is theirs no more, but others still know when they were there. */
export async function retireFormer(tx: Transaction, of: OfGroup, now: Date): Promise<void> {
  await tx.update(formerMember).set({ forgottenAt: now, number: 0 }).where(isFormer(of));
}

export async function findFormerMember(q: Queryable, of: OfGroup): Promise<FormerRow | null> {
  const rows = await q.select().from(formerMember).where(isFormer(of));
  return rows[0] ?? null;
}

export async function updateFormer(
  tx: Transaction,
  of: OfGroup,
  set: Partial<Pick<FormerRow, "state" | "number" | "forgottenAt">>,
): Promise<void> {
  await tx.update(formerMember).set(set).where(isFormer(of));
}

function isFormer({ conversationId, personId }: OfGroup) {
  return and(eq(formerMember.conversationId, conversationId), eq(formerMember.personId, personId));
}

const newEntries = rowsFor(logEntry, [
  "conversationId",
  "seq",
  "epoch",
  "revision",
  "uri",
  "digest",
  "activityId",
  "decision",
  "state",
  "messageId",
  "createdAt",
]);
const entriesInsertion = writeOnce(
  () => sql`insert into ${logEntry} (${newEntries.names}) ${newEntries.select}`,
);

export type NewLogEntry = typeof logEntry.$inferInsert;

/** Writes numbers of groups' logs, in one statement. */
export async function insertLogEntries(tx: Transaction, rows: readonly NewLogEntry[]): Promise<void> {
  if (rows.length > 0) await entriesInsertion(tx).execute(newEntries.values(rows));
}

/** Those of some people who live at servers of our own kind. */
export async function findSmart(q: Queryable, ids: readonly PersonId[]) {
  if (ids.length === 0) return [];
  return await q
    .select({ id: person.id, handle: person.handle, host: person.host })
    .from(person)
    .where(
      and(
        inArray(person.id, [...ids]),
        isNotNull(person.host),
        isNotNull(person.signals),
        eq(person.state, "active"),
      ),
    )
    .orderBy(asc(person.host), asc(person.id));
}

/** What was done to messages, as other servers were told, in order. */
export async function findDeeds(q: Queryable, messageIds: readonly MessageId[]) {
  if (messageIds.length === 0) return [];
  return await q
    .select({ id: activity.id, messageId: activity.messageId, type: activity.type })
    .from(activity)
    .where(
      and(
        inArray(activity.messageId, [...messageIds]),
        inArray(activity.type, ["Create", "Update", "Delete"]),
      ),
    )
    .orderBy(asc(activity.id));
}

/** Notes when it was chosen how long what is said stays. */
export async function setExpiryMoment(tx: Transaction, id: ConversationId, at: Date): Promise<void> {
  await tx.update(conversation).set({ expireChosenAt: at }).where(eq(conversation.id, id));
}
