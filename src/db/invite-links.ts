import { and, asc, count, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { ConversationId, InviteLinkId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { conversation, member } from "./schema/conversations.ts";
import { inviteLink, joinRequest } from "./schema/groups.ts";
import { person } from "./schema/people.ts";
import { successor, successorColumns } from "./people.ts";

export type InviteLinkRow = typeof inviteLink.$inferSelect;

/** The links of a group, newest first. */
export async function findLinks(q: Queryable, conversationId: ConversationId): Promise<InviteLinkRow[]> {
  return await q
    .select()
    .from(inviteLink)
    .where(eq(inviteLink.conversationId, conversationId))
    .orderBy(desc(inviteLink.id))
    .limit(LISTED);
}

/** Most links, and most people who ask, that are listed. */
const LISTED = 200;

/** How many links of a group were not taken back. */
export async function countLinks(q: Queryable, conversationId: ConversationId): Promise<number> {
  const rows = await q
    .select({ count: count() })
    .from(inviteLink)
    .where(and(eq(inviteLink.conversationId, conversationId), isNull(inviteLink.revokedAt)));
  return rows[0]!.count;
}

export async function findLink(q: Queryable, id: InviteLinkId): Promise<InviteLinkRow | null> {
  const rows = await q.select().from(inviteLink).where(eq(inviteLink.id, id));
  return rows[0] ?? null;
}

/** A link by its code, with the group as whoever comes by it sees it. */
export async function findLinkByCode(q: Queryable, code: string, viewerId: PersonId | null) {
  const members = sql`select from ${member} where ${member.conversationId} = ${conversation.id}`;
  const rows = await q
    .select({
      link: inviteLink,
      group: { title: conversation.title, pictureId: conversation.pictureId, state: conversation.state },
      members: sql<number>`(select count(*) from (${members}) as present)::int`,
      isMember: sql<boolean>`exists (${members} and ${member.personId} = ${viewerId})`,
    })
    .from(inviteLink)
    .innerJoin(conversation, eq(conversation.id, inviteLink.conversationId))
    .where(eq(inviteLink.code, code));
  return rows[0] ?? null;
}

export async function insertLink(
  tx: Transaction,
  row: typeof inviteLink.$inferInsert,
): Promise<InviteLinkRow> {
  const rows = await tx.insert(inviteLink).values(row).returning();
  return rows[0]!;
}

/** Counts one more use of a link of a locked group. */
export async function useLink(tx: Transaction, id: InviteLinkId): Promise<void> {
  await tx
    .update(inviteLink)
    .set({ used: sql`${inviteLink.used} + 1` })
    .where(eq(inviteLink.id, id));
}

/** Takes links back: one, or all that somebody made for a group. Those taken back before stay as they are. */
export async function revokeLinks(
  tx: Transaction,
  which: { id: InviteLinkId } | { conversationId: ConversationId; createdBy: PersonId },
  revokedAt: Date,
): Promise<void> {
  const chosen =
    "id" in which
      ? eq(inviteLink.id, which.id)
      : and(eq(inviteLink.conversationId, which.conversationId), eq(inviteLink.createdBy, which.createdBy));
  await tx
    .update(inviteLink)
    .set({ revokedAt })
    .where(and(chosen, isNull(inviteLink.revokedAt)));
}

/** Who asks to be let into a group and waits, oldest first. */
export async function findJoinRequests(q: Queryable, conversationId: ConversationId) {
  return await q
    .select({ request: joinRequest, person, successor: successorColumns })
    .from(joinRequest)
    .innerJoin(person, eq(person.id, joinRequest.personId))
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(and(eq(joinRequest.conversationId, conversationId), eq(joinRequest.state, "pending")))
    .orderBy(asc(joinRequest.createdAt), asc(joinRequest.personId))
    .limit(LISTED);
}

export type ShownJoinRequest = Awaited<ReturnType<typeof findJoinRequests>>[number];
export type JoinRequestRow = typeof joinRequest.$inferSelect;

interface Asker {
  conversationId: ConversationId;
  personId: PersonId;
}

export async function findJoinRequest(q: Queryable, asker: Asker): Promise<JoinRequestRow | null> {
  const rows = await q.select().from(joinRequest).where(isOf(asker));
  return rows[0] ?? null;
}

/** Notes that somebody asks to be let in, or asks again. */
export async function upsertJoinRequest(
  tx: Transaction,
  row: typeof joinRequest.$inferInsert,
): Promise<void> {
  const target = [joinRequest.conversationId, joinRequest.personId];
  await tx.insert(joinRequest).values(row).onConflictDoUpdate({ target, set: row });
}

export async function setJoinRequestState(
  tx: Transaction,
  asker: Asker,
  state: JoinRequestRow["state"],
): Promise<void> {
  await tx.update(joinRequest).set({ state }).where(isOf(asker));
}

/** Of people who come in: whatever they asked is answered. */
export async function approveJoinRequests(
  tx: Transaction,
  conversationId: ConversationId,
  people: readonly PersonId[],
): Promise<void> {
  const isTheirs = and(
    eq(joinRequest.conversationId, conversationId),
    inArray(joinRequest.personId, [...people]),
  );
  await tx.update(joinRequest).set({ state: "approved" }).where(isTheirs);
}

export async function deleteJoinRequest(tx: Transaction, asker: Asker): Promise<void> {
  await tx.delete(joinRequest).where(isOf(asker));
}

function isOf({ conversationId, personId }: Asker) {
  return and(eq(joinRequest.conversationId, conversationId), eq(joinRequest.personId, personId));
}
