import { sql, type SQL } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";

/** How far an author has gone with somebody here who has not accepted their conversation. */
export interface Asking {
  conversationId: ConversationId;
  personId: PersonId;
  authorId: PersonId;
  authorHost: string | null;
  /** Messages of the author in the conversation. */
  said: number;
  /** Whether anything in the conversation was shown to the person already, or would have been but for a block. */
  isBegun: boolean;
  /** Requests that wait for the person. */
  waiting: number;
  /** Conversations that the author began and in which a request waits here. */
  asking: number;
}

/** Of a request that waits for member `w`: one that was answered, or that shows nothing, does not. */
const waits = sql`w.state = 'request' and exists (
  select from message s where s.conversation_id = w.conversation_id and not w.person_id = any (s.withheld_from))`;

/**
 * Of an invitation `i`: whether it comes from nobody whom the invited person talks to. Another server vouches for its own
 * people only.
 */
export const isStranger = sql`(
  exists (select from person keeper join person inviter on inviter.id = i.inviter_id
    where keeper.id = i.keeper_id and inviter.host is distinct from keeper.host)
  or not exists (
    select from member theirs
    join member mine on mine.conversation_id = theirs.conversation_id and mine.person_id = i.inviter_id
    where theirs.person_id = i.person_id and theirs.state = 'accepted'
      and theirs.conversation_id is distinct from i.conversation_id))`;

/** Of an invitation `i`: whether a stranger's question waits for an answer; one that is kept from its person does not. */
const invites = sql`i.state = 'pending' and i.number > 0 and ${isStranger}`;

/** How many questions of strangers wait for somebody. */
export function countsWaiting(personId: SQL): SQL {
  return sql`((select count(*) from member w where w.person_id = ${personId} and ${waits})
    + (select count(*) from invitation i where i.person_id = ${personId} and ${invites}))::int`;
}

/** In how many conversations and groups a request of somebody waits here. */
function countsAsking(personId: SQL): SQL {
  return sql`((select count(distinct c.id) from member own
      join conversation c on c.id = own.conversation_id and c.created_by = own.person_id
      join member w on w.conversation_id = c.id and w.person_id <> own.person_id and ${waits}
      where own.person_id = ${personId})
    + (select count(*) from invitation i where i.inviter_id = ${personId} and ${invites}))::int`;
}

/** In how many conversations and groups a request of somebody waits here. */
export async function countAsking(q: Queryable, personId: PersonId): Promise<number> {
  const rows = await q.execute<{ count: number }>(
    sql`select ${countsAsking(sql`${personId}::uuid`)} as count`,
  );
  return rows[0]!.count;
}

/** For each author of a conversation, and each other member here who has not accepted it. */
export async function findAskings(
  q: Queryable,
  pairs: readonly { conversationId: ConversationId; authorId: PersonId }[],
): Promise<Asking[]> {
  const rows = await q.execute<{
    conversation_id: ConversationId;
    person_id: PersonId;
    author_id: PersonId;
    host: string | null;
    said: number;
    is_begun: boolean;
    waiting: number;
    asking: number;
  }>(sql`
    select m.conversation_id, m.person_id, a.author_id, author.host,
      (select count(*) from message s
        where s.conversation_id = m.conversation_id and s.author_id = a.author_id)::int as said,
      exists (select from message s
        where s.conversation_id = m.conversation_id and (not m.person_id = any (s.withheld_from)
          or s.author_id = a.author_id and cardinality(s.audience) = 1)) as is_begun,
      ${countsWaiting(sql`m.person_id`)} as waiting,
      ${countsAsking(sql`a.author_id`)} as asking
    from (select distinct * from unnest(
      ${sql.param(pairs.map(({ conversationId }) => conversationId))}::uuid[],
      ${sql.param(pairs.map(({ authorId }) => authorId))}::uuid[]
    ) as pair (conversation_id, author_id)) a
    join member m on m.conversation_id = a.conversation_id and m.person_id <> a.author_id and m.state <> 'accepted'
    join person on person.id = m.person_id and person.host is null
    join person author on author.id = a.author_id`);
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    personId: row.person_id,
    authorId: row.author_id,
    authorHost: row.host,
    said: row.said,
    isBegun: row.is_begun,
    waiting: row.waiting,
    asking: row.asking,
  }));
}

/** How many requests wait here in conversations that people of a server began, and in groups that it vouches for. */
export async function countWaitingOfHost(q: Queryable, host: string): Promise<number> {
  const rows = await q.execute<{ count: number }>(sql`
    select ((
        select count(*) from person p
        join member own on own.person_id = p.id
        join conversation c on c.id = own.conversation_id and c.created_by = p.id
        join member w on w.conversation_id = c.id and w.person_id <> p.id and ${waits}
        where p.host = ${host})
      + (select count(*) from invitation i join person p on p.id = coalesce(i.keeper_id, i.inviter_id)
        where p.host = ${host} and ${invites}))::int as count`);
  return rows[0]!.count;
}

/**
 * How many conversations somebody began after `since` with people of whom not all had shared an accepted one with them
 * before, and how many such people they invited; and when the first of it.
 */
export async function countBegun(
  q: Queryable,
  personId: PersonId,
  since: Date,
): Promise<{ count: number; first: Date | null }> {
  const rows = await q.execute<{ count: number; first: string | null }>(sql`
    select count(*)::int, (extract(epoch from min(at)) * 1000)::text as first from (
    select c.created_at as at
    from member own join conversation c on c.id = own.conversation_id
    where own.person_id = ${personId} and c.created_by = ${personId} and c.created_at > ${since.toISOString()}
      and exists (
        select from member other where other.conversation_id = c.id and other.person_id <> ${personId}
          and not exists (
            select from member theirs
            join member mine on mine.conversation_id = theirs.conversation_id and mine.person_id = ${personId}
            join conversation older on older.id = theirs.conversation_id and older.id <> c.id
              and older.created_at <= c.created_at
            where theirs.person_id = other.person_id and theirs.state = 'accepted'))
    union all
    select i.created_at from invitation i
    where i.inviter_id = ${personId} and i.created_at > ${since.toISOString()} and ${isStranger}) as begun`);
  const { count, first } = rows[0]!;
  return { count, first: first === null ? null : new Date(Number(first)) };
}
