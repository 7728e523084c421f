import { and, eq, getTableColumns, gt, inArray, isNull, lte, notInArray, sql } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { fairly, type Lease } from "./leases.ts";
import { conversation, conversationAlias, member } from "./schema/conversations.ts";
import { invitation, replica } from "./schema/groups.ts";
import { person } from "./schema/people.ts";

/** The group of that address which that actor keeps, as far as it is known here. */
export async function findReplicaId(
  q: Queryable,
  { uri, keeperId }: { uri: string; keeperId: PersonId },
): Promise<ConversationId | null> {
  const rows = await q
    .select({ id: conversation.id })
    .from(conversationAlias)
    .innerJoin(conversation, eq(conversation.id, conversationAlias.conversationId))
    .where(
      and(
        eq(conversationAlias.uri, uri),
        eq(conversation.uri, uri),
        eq(conversation.keeperId, keeperId),
        eq(conversation.kind, "group"),
      ),
    )
    .limit(1);
  return rows[0]?.id ?? null;
}

/** A group of another server, of one of those addresses, in which somebody of this server is and that person is not. */
export async function findReplicaWithout(
  q: Queryable,
  { uris, personId }: { uris: readonly string[]; personId: PersonId },
): Promise<ConversationId | null> {
  const rows = await q.execute<{ id: ConversationId }>(sql`
    select c.id from conversation_alias a join conversation c on c.id = a.conversation_id and c.uri = a.uri
    where a.uri = any (${sql.param([...uris])}::text[]) and c.kind = 'group' and c.keeper_id is not null
      and not exists (select from member m where m.conversation_id = c.id and m.person_id = ${personId})
      and exists (
        select from member m join person p on p.id = m.person_id
        where m.conversation_id = c.id and p.host is null)
    limit 1`);
  return rows[0]?.id ?? null;
}

/** How an invitation stands whose person wants to come. */
const agreed = ["accepted", "asked"] as const;

/** A group of another server into which one of some people agreed to come, of which nothing is known here yet. */
export async function findAgreed(
  q: Queryable,
  { uris, people }: { uris: readonly string[]; people: readonly PersonId[] },
): Promise<{ room: string; keeper: typeof person.$inferSelect } | null> {
  const known = q
    .select({ uri: conversationAlias.uri })
    .from(conversationAlias)
    .where(inArray(conversationAlias.uri, [...uris]));
  const rows = await q
    .select({ room: invitation.roomUri, keeper: person })
    .from(invitation)
    .innerJoin(person, eq(person.id, invitation.keeperId))
    .where(
      and(
        inArray(invitation.personId, [...people]),
        inArray(invitation.roomUri, [...uris]),
        inArray(invitation.state, [...agreed]),
        notInArray(invitation.roomUri, known),
      ),
    )
    .limit(1);
  const [found] = rows;
  return found?.room == null ? null : { room: found.room, keeper: found.keeper };
}

/** Whether somebody of this server is in a conversation. */
export async function hasLocalMember(q: Queryable, conversationId: ConversationId): Promise<boolean> {
  const rows = await q
    .select({ id: person.id })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .where(and(eq(member.conversationId, conversationId), isNull(person.host)))
    .limit(1);
  return rows.length > 0;
}

/** Whether somebody said yes to an invitation into a group of another server, or asks to be let into it. */
export async function hasAgreed(
  q: Queryable,
  of: { personId: PersonId; roomUri: string; keeperId: PersonId },
): Promise<boolean> {
  const rows = await q
    .select({ id: invitation.id })
    .from(invitation)
    .where(
      and(
        eq(invitation.personId, of.personId),
        eq(invitation.roomUri, of.roomUri),
        eq(invitation.keeperId, of.keeperId),
        inArray(invitation.state, [...agreed]),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Takes everybody out of a group in which nobody of this server is any more. */
export async function deleteMembers(tx: Transaction, conversationId: ConversationId): Promise<void> {
  await tx.delete(member).where(eq(member.conversationId, conversationId));
}

/** When the server that keeps a group is asked next. */
export async function scheduleReplica(
  q: Queryable,
  row: { conversationId: ConversationId; nextAskAt: Date; attempts: number },
): Promise<void> {
  const { nextAskAt, attempts } = row;
  await q
    .insert(replica)
    .values(row)
    .onConflictDoUpdate({ target: replica.conversationId, set: { nextAskAt, attempts } });
}

/** Lets the server that keeps a group be asked by then. */
export async function askBy(tx: Transaction, conversationId: ConversationId, at: Date): Promise<void> {
  const isLater = and(eq(replica.conversationId, conversationId), gt(replica.nextAskAt, at));
  await tx.update(replica).set({ nextAskAt: at }).where(isLater);
}

/** The server that keeps a group. */
const keeperHost = sql<string>`(
  select keeper.host from conversation join person keeper on keeper.id = conversation.keeper_id
  where conversation.id = replica.conversation_id)`;

/**
 * Takes groups whose servers are to be asked now, so many of each server as have room there, and puts off the next time:
 * whoever takes them may die.
 */
export async function leaseReplicas(q: Queryable, lease: Lease) {
  const due = sql`
    select conversation_id, next_ask_at as due_at, ${keeperHost} as host from replica
    where next_ask_at <= ${lease.now.toISOString()}::timestamptz`;
  const free = q
    .select({ id: replica.conversationId })
    .from(replica)
    .where(
      and(
        sql`${replica.conversationId} in (select conversation_id from (${fairly(due, lease)}) as due)`,
        lte(replica.nextAskAt, lease.now),
      ),
    )
    .for("update", { skipLocked: true });
  return await q
    .update(replica)
    .set({ nextAskAt: lease.until })
    .where(inArray(replica.conversationId, free))
    .returning({ ...getTableColumns(replica), host: keeperHost });
}

/** Lets all groups elsewhere be asked about. */
export async function hasten(q: Queryable, now: Date): Promise<void> {
  await q.update(replica).set({ nextAskAt: now }).where(gt(replica.nextAskAt, now));
}
