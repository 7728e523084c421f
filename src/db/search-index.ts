import { inArray, sql } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { conversation } from "./schema/conversations.ts";
import { message } from "./schema/messages.ts";
import { searchEntry, searchProgress } from "./schema/search.ts";

/** Conversations that have changed since they were indexed, newest activity first. */
export async function findUnindexed(q: Queryable, limit: number): Promise<ConversationId[]> {
  const rows = await q.execute<{ id: ConversationId }>(sql`
    select c.id from ${conversation} c left join ${searchProgress} p on p.conversation_id = c.id
    where c.revision > coalesce(p.revision, 0) order by c.activity_at desc limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Keeps other processes from indexing at the same time, until the transaction ends; false when one does already. */
export async function lockIndex(tx: Transaction): Promise<boolean> {
  const rows = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended('luciole search', 0)) as locked`,
  );
  return rows[0]!.locked;
}

/** How far a conversation is, and one of its messages that is not indexed as it is now; null when all are. */
export interface UnindexedRow {
  conversationId: ConversationId;
  revision: number;
  message: {
    id: MessageId;
    authorId: PersonId;
    revision: number;
    version: number;
    text: string;
    receivedAt: Date;
  } | null;
}

/** What is new in each conversation, in the order of its changes, as of one moment. */
export async function findNewWords(
  tx: Transaction,
  ids: readonly ConversationId[],
  limit: number,
): Promise<UnindexedRow[]> {
  const rows = await tx.execute<{
    conversation_id: ConversationId;
    reached: string;
    id: MessageId | null;
    author_id: PersonId;
    revision: string;
    version: number;
    text: string;
    received_at: string;
  }>(sql`
    select c.id as conversation_id, c.revision as reached, m.* from ${conversation} c
    left join ${searchProgress} p on p.conversation_id = c.id
    left join lateral (
      select m.id, m.author_id, m.revision, m.version, m.text, m.received_at from ${message} m
      where m.conversation_id = c.id and m.revision > coalesce(p.revision, 0)
        and m.text is not null and m.deleted_at is null and m.notice is null
        and not exists (select from ${searchEntry} e where e.message_id = m.id and e.version = m.version)
      order by m.revision limit ${limit}
    ) m on true
    where c.id = any(${sql.param([...ids])}::uuid[])
    order by c.id, m.revision`);
  return rows.map(({ conversation_id, reached, id, author_id, received_at, ...row }) => ({
    conversationId: conversation_id,
    revision: Number(reached),
    message: id && {
      id,
      authorId: author_id,
      revision: Number(row.revision),
      version: row.version,
      text: row.text,
      receivedAt: new Date(received_at),
    },
  }));
}

export interface NewEntry {
  id: MessageId;
  version: number;
  words: string;
}

/**
 * Writes the words of messages that still say what they were made of, and answers which. One that is being changed is left
 * out instead of waited for; one that is not cannot be changed before this is committed, and whoever changes it then finds the
 * words to take away.
 */
export async function insertEntries(tx: Transaction, entries: readonly NewEntry[]): Promise<Set<MessageId>> {
  if (entries.length === 0) return new Set();
  const column = (key: keyof NewEntry) => sql.param(entries.map((entry) => String(entry[key])));
  const rows = await tx.execute<{ message_id: MessageId }>(sql`
    insert into ${searchEntry} (message_id, version, received_at, words)
    select m.id, m.version, m.received_at, n.words::tsvector
    from unnest(${column("id")}::uuid[], ${column("version")}::bigint[], ${column("words")}::text[]) as n (id, version, words)
    join ${message} m on m.id = n.id and m.version = n.version
    where m.deleted_at is null
    for share of m skip locked
    on conflict (message_id) do update set version = excluded.version, words = excluded.words
    returning message_id`);
  return new Set(rows.map(({ message_id }) => message_id));
}

/** Notes how far conversations are indexed. */
export async function noteProgress(
  tx: Transaction,
  reached: ReadonlyMap<ConversationId, number>,
): Promise<void> {
  const [ids, revisions] = [[...reached.keys()], [...reached.values()]];
  await tx.execute(sql`
    insert into ${searchProgress} (conversation_id, revision)
    select * from unnest(${sql.param(ids)}::uuid[], ${sql.param(revisions)}::bigint[])
    on conflict (conversation_id) do update set revision = greatest(search_progress.revision, excluded.revision)`);
}

/** Takes the words of messages out of the index; they must have been changed before, in the same transaction. */
export async function deleteEntries(tx: Transaction, ids: readonly MessageId[]): Promise<void> {
  await tx.delete(searchEntry).where(inArray(searchEntry.messageId, [...ids]));
}

/** Empties the index, so that it is filled anew. */
export async function clearIndex(q: Queryable): Promise<void> {
  await q.execute(sql`truncate ${searchEntry}, ${searchProgress}`);
}
