import {
  and,
  asc,
  eq,
  exists,
  gt,
  inArray,
  isNotNull,
  or,
  sql,
  type SQL,
  type SQLWrapper,
} from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { lockConversations } from "./conversations.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce, isAmong } from "./prepare.ts";
import type { Since } from "./people.ts";
import { member } from "./schema/conversations.ts";
import { relation } from "./schema/people.ts";

export type RelationRow = typeof relation.$inferSelect;

/** That one person blocks another. */
export interface BlockRow {
  blockerId: PersonId;
  blockedId: PersonId;
}

/** Every block of one of these people by another of them. */
export async function findBlocks(q: Queryable, people: readonly PersonId[]): Promise<BlockRow[]> {
  return people.length < 2 ? [] : await selectBlocks(q, [...people]);
}

/** Whether one of two people blocks the other, whichever of them, within a query. */
export function areSevered(one: SQLWrapper, other: SQLWrapper): SQL<boolean> {
  return sql<boolean>`exists (
    select from ${relation} as severing where severing.block is not null and (
      (severing.person_id = ${one} and severing.other_id = ${other})
      or (severing.person_id = ${other} and severing.other_id = ${one})))`;
}

const blocksWithin = buildOnce((db) => {
  const members = db
    .select({ id: member.personId })
    .from(member)
    .where(isAmong(member.conversationId, "ids"));
  return selectBlocks(db, members).prepare("blocks_within");
});

/** Every block of a member of these conversations by another. */
export async function findBlocksWithin(q: Queryable, ids: readonly ConversationId[]): Promise<BlockRow[]> {
  return await blocksWithin(q).execute({ ids });
}

export async function findRelation(q: Queryable, personId: PersonId, otherId: PersonId) {
  const rows = await q.select().from(relation).where(isBetween(personId, otherId));
  return rows[0] ?? null;
}

/** The block that one person made by an activity of this id, or once made. */
export async function findRelationByUri(q: Queryable, personId: PersonId, uri: string) {
  const rows = await q
    .select()
    .from(relation)
    .where(and(eq(relation.personId, personId), eq(relation.blockUri, uri)));
  return rows[0] ?? null;
}

/** Everybody whom a person blocks or mutes. */
export async function findRelations(q: Queryable, personId: PersonId): Promise<RelationRow[]> {
  const stands = or(isNotNull(relation.block), isNotNull(relation.mutedAt));
  return await q
    .select()
    .from(relation)
    .where(and(eq(relation.personId, personId), stands))
    .orderBy(asc(relation.number));
}

/** How a person stands to others, as far as it changed after their number `after`. */
export async function findRelationsSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select()
    .from(relation)
    .where(and(eq(relation.personId, personId), gt(relation.number, since.after)))
    .orderBy(asc(relation.number))
    .limit(since.limit);
}

export async function upsertRelation(tx: Transaction, row: RelationRow): Promise<void> {
  const target = [relation.personId, relation.otherId];
  await tx.insert(relation).values(row).onConflictDoUpdate({ target, set: row });
}

/** Whether a person has met another: they share a conversation, or the one blocks or mutes the other. */
export async function haveMet(q: Queryable, personId: PersonId, otherId: PersonId): Promise<boolean> {
  const rows = await q.execute<{ met: boolean }>(sql`
    select ${exists(shared(q, personId, otherId))} or ${exists(
      q
        .select({ one: sql`1` })
        .from(relation)
        .where(isBetween(personId, otherId)),
    )} as met`);
  return rows[0]?.met ?? false;
}

/** Locks every conversation that two people share, so that nothing is said in them at the same time. */
export async function lockShared(tx: Transaction, personId: PersonId, otherId: PersonId) {
  const ids = await shared(tx, personId, otherId);
  return ids.length === 0
    ? []
    : await lockConversations(
        tx,
        ids.map(({ id }) => id),
      );
}

function shared(q: Queryable, personId: PersonId, otherId: PersonId) {
  const theirs = q.select({ id: member.conversationId }).from(member).where(eq(member.personId, otherId));
  return q
    .select({ id: member.conversationId })
    .from(member)
    .where(and(eq(member.personId, personId), inArray(member.conversationId, theirs)));
}

function selectBlocks(q: Queryable, people: PersonId[] | SQLWrapper) {
  return q
    .select({ blockerId: relation.personId, blockedId: relation.otherId })
    .from(relation)
    .where(
      and(isNotNull(relation.block), inArray(relation.personId, people), inArray(relation.otherId, people)),
    );
}

function isBetween(personId: PersonId, otherId: PersonId) {
  return and(eq(relation.personId, personId), eq(relation.otherId, otherId));
}
