import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { Notice } from "#lib/notice.ts";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { BATCH, inBatches } from "./in-batches.ts";
import type { MessageRow } from "./messages.ts";
import { account } from "./schema/accounts.ts";
import { conversation, formerMember, member } from "./schema/conversations.ts";
import { inviteLink, joinRequest } from "./schema/groups.ts";
import { message, messageVersion, reaction } from "./schema/messages.ts";
import { person, personAlias } from "./schema/people.ts";

/** A stretch of a conversation, after one position and up to another. */
export interface Stretch {
  conversationId: ConversationId;
  after: number;
  until: number;
}

/** The groups in which somebody is. */
export async function findGroupsOf(q: Queryable, personId: PersonId): Promise<ConversationId[]> {
  const rows = await q
    .select({ id: member.conversationId })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(eq(member.personId, personId), eq(conversation.kind, "group")))
    .orderBy(asc(member.conversationId));
  return rows.map(({ id }) => id);
}

/** Every conversation in which somebody is or was, or where it stands that another goes on for them. */
export async function findPlacesOf(q: Queryable, personId: PersonId): Promise<ConversationId[]> {
  const rows = await q.execute<{ id: ConversationId }>(sql`
    select conversation_id as id from member where person_id = ${personId}
    union select conversation_id from former_member where person_id = ${personId}
    union select conversation_id from message
      where notice ->> 'type' = 'moved' and notice -> 'personIds' ? ${personId}::text
    order by id`);
  return rows.map(({ id }) => id);
}

/**
 * Who owns a group once its owner is gone: whoever of those who are there may the most, and of these who came first. Only where
 * nobody else is left it is somebody who cannot act just now: who has moved, was suspended, or is about to go, too.
 */
export async function findHeir(
  tx: Transaction,
  { conversationId, personId }: { conversationId: ConversationId; personId: PersonId },
): Promise<PersonId | null> {
  const acts = sql`${person.state} = 'active' and ${person.movedTo} is null and ${account.endsAt} is null`;
  const rows = await tx
    .select({ id: member.personId })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .leftJoin(account, eq(account.personId, person.id))
    .where(
      and(
        eq(member.conversationId, conversationId),
        ne(member.personId, personId),
        ne(person.state, "deleted"),
      ),
    )
    .orderBy(desc(acts), desc(sql`${member.role} = 'admin'`), asc(member.rank))
    .limit(1);
  return rows[0]?.id ?? null;
}

/** What somebody said in a stretch of a locked conversation, and the lines that tell of them, in order. */
export async function findTraces(
  tx: Transaction,
  { personId, conversationId, after, until, limit }: Stretch & { personId: PersonId; limit: number },
): Promise<MessageRow[]> {
  const isTheirs = eq(message.authorId, personId);
  const isAbout = sql`${message.notice} -> 'personIds' ? ${personId}`;
  return await tx
    .select()
    .from(message)
    .where(
      and(
        eq(message.conversationId, conversationId),
        gt(message.position, after),
        lte(message.position, until),
        isNull(message.deletedAt),
        or(isTheirs, and(isNotNull(message.notice), isAbout)),
      ),
    )
    .orderBy(asc(message.position))
    .limit(limit);
}

/** Takes away what somebody put under the messages of a stretch; each of these takes the next number after `revision`. */
export async function takeReactions(
  tx: Transaction,
  { personId, conversationId, after, until, revision }: Stretch & { personId: PersonId; revision: number },
): Promise<{ id: MessageId; revision: number }[]> {
  const rows = await tx.execute<{ id: MessageId; revision: string }>(sql`
    with gone as (
      delete from ${reaction} where person_id = ${personId} and message_id in (
        select id from message where conversation_id = ${conversationId} and position > ${after}::bigint
          and position <= ${until}::bigint)
      returning message_id
    ), numbered as (
      select message_id, row_number() over (order by message_id) as n from (select distinct message_id from gone) as d
    )
    update ${message} set revision = ${revision}::bigint + n from numbered where id = message_id
    returning id, revision`);
  return rows.map(({ id, revision: number }) => ({ id, revision: Number(number) }));
}

/** Takes somebody's name off what others said and what they pinned in a stretch, each under the next number after `revision`. */
export async function takeNamings(
  tx: Transaction,
  { personId, conversationId, after, until, revision }: Stretch & { personId: PersonId; revision: number },
): Promise<{ id: MessageId; revision: number }[]> {
  const rows = await tx.execute<{ id: MessageId; revision: string }>(sql`
    with named as (
      select id, row_number() over (order by position) as n from ${message}
      where conversation_id = ${conversationId} and position > ${after}::bigint and position <= ${until}::bigint
        and (pinned_by = ${personId} or ${personId} = any(mentions))
    )
    update ${message} set mentions = array_remove(mentions, ${personId}::uuid),
      pinned_by = nullif(pinned_by, ${personId}::uuid), revision = ${revision}::bigint + n
    from named where message.id = named.id returning message.id, revision`);
  return rows.map(({ id, revision: number }) => ({ id, revision: Number(number) }));
}

/** A line that is to tell otherwise of what happened. */
export interface Reworded {
  id: MessageId;
  text: string;
  notice: Notice;
  revision: number;
}

/** Gives lines other words, each under its new revision. */
export async function rewordLines(tx: Transaction, lines: readonly Reworded[]): Promise<void> {
  const values = sql`unnest(${sql.param(lines.map(({ id }) => id))}::uuid[],
    ${sql.param(lines.map(({ text }) => text))}::text[],
    ${sql.param(lines.map(({ notice }) => JSON.stringify(notice)))}::text[],
    ${sql.param(lines.map(({ revision }) => revision))}::bigint[]) as line (id, text, notice, revision)`;
  await tx.execute(sql`
    update ${message} set text = line.text, notice = line.notice::jsonb, revision = line.revision
    from ${values} where message.id = line.id`);
  await tx.execute(sql`
    update ${messageVersion} set text = line.text from ${values} where message_id = line.id`);
}

/** How some people are called. */
export async function findNames(q: Queryable, ids: readonly PersonId[]) {
  return await q
    .select({ id: person.id, name: person.name, handle: person.handle, state: person.state })
    .from(person)
    .where(inArray(person.id, [...ids]));
}

/** Tables whose rows are somebody's own alone, in an order in which nothing refers to what is gone. */
const own = [
  "authorization_code",
  "ticket",
  "totp",
  "recovery_code",
  "passkey",
  "identity",
  "preference",
  "folder",
  "draft",
  "saved_message",
  "hidden_message",
  "idempotency_key",
  "relation",
  "person_alias",
  "opaque_delivery",
  "device",
  "data_export",
] as const;

/** Forgets all that was somebody's own alone. */
export async function forgetOwn(q: Queryable, personId: PersonId): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from token where hash in (
      select hash from token where session_id in (select id from session where person_id = ${personId}) limit ${BATCH}
    )`,
  );
  await q.delete(personAlias).where(eq(personAlias.otherId, personId));
  for (const table of [...own, "session"]) {
    const name = sql.identifier(table);
    await inBatches(
      q,
      sql`
      delete from ${name} where ctid = any(array(
        select ctid from ${name} where person_id = ${personId} limit ${BATCH}
      ))`,
    );
  }
}

/** What stays of somebody among the people of conversations is that they were there. */
export async function clearPlaces(tx: Transaction, personId: PersonId): Promise<void> {
  await tx
    .update(member)
    .set({
      readPosition: 0,
      shownPosition: 0,
      receipts: null,
      typing: null,
      presence: null,
      pinnedAt: null,
      archivedAt: null,
      mute: null,
      muteUntil: null,
      markedUnread: false,
      folderIds: [],
      number: 0,
    })
    .where(eq(member.personId, personId));
  await tx
    .update(formerMember)
    .set({ readPosition: 0, archivedAt: null, folderIds: [], number: 0, title: null })
    .where(eq(formerMember.personId, personId));
}

/** Nobody comes into a group any more by what somebody opened, and they wait nowhere. */
export async function shutWays(tx: Transaction, personId: PersonId, now: Date): Promise<void> {
  await tx
    .update(inviteLink)
    .set({ revokedAt: now })
    .where(and(eq(inviteLink.createdBy, personId), isNull(inviteLink.revokedAt)));
  await tx.delete(joinRequest).where(eq(joinRequest.personId, personId));
}
