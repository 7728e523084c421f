import {
  and,
  asc,
  desc,
  eq,
  exists,
  getViewSelectedFields,
  gt,
  inArray,
  isNull,
  ne,
  not,
  or,
  sql,
  type SQL,
} from "drizzle-orm";
import type { ConversationId, FolderId, PersonId } from "#lib/ids.ts";
import type { Since } from "./people.ts";
import type { Queryable } from "./connect.ts";
import { conversation, member, reader } from "./schema/conversations.ts";
import { folder } from "./schema/lists.ts";
import { message } from "./schema/messages.ts";
import { person, preference } from "./schema/people.ts";
import { isUntil, isWithheldFrom, visibleTo } from "./sight.ts";

export type ReaderState = (typeof reader.$inferSelect)["state"];
/** A conversation as one of its readers sees it, without the list of its members. */
export type SummaryRow = Awaited<ReturnType<typeof select>>[number];

/** One conversation as `personId` sees it; null when it is not theirs. */
export async function findSummary(q: Queryable, personId: PersonId, id: ConversationId) {
  const rows = await select(q, and(eq(reader.personId, personId), eq(reader.conversationId, id)));
  return rows[0] ?? null;
}

/** The same without what must be counted or sought among the messages: all that a page of them needs. */
export async function findSide(q: Queryable, personId: PersonId, id: ConversationId) {
  const rows = await q
    .select({ position: conversation.position, member: getViewSelectedFields(reader) })
    .from(reader)
    .innerJoin(conversation, eq(conversation.id, reader.conversationId))
    .where(and(eq(reader.personId, personId), eq(reader.conversationId, id)));
  return rows[0] ?? null;
}

/** Somebody's conversations that a transaction not older than `xmin` changed. Overlap is harmless, a gap is not. */
export async function findSummariesSince(q: Queryable, personId: PersonId, xmin: string) {
  // What happens after somebody went is not theirs to know.
  const changed = and(isNull(reader.leftRevision), sql`${conversation.changedXid} >= ${xmin}::xid8`);
  return await select(q, and(isListed(q, personId), changed));
}

/** `xmin`: whatever commits later has at least this id. `xmax`: nothing that has begun has this id or a higher one. */
export async function findSnapshot(q: Queryable): Promise<{ xmin: string; xmax: string }> {
  const rows = await q.execute<{ xmin: string; xmax: string }>(sql`
    select pg_snapshot_xmin(s)::text as xmin, pg_snapshot_xmax(s)::text as xmax from pg_current_snapshot() s`);
  return rows[0]!;
}

/** Sides of conversations that their person changed after `number`. */
export async function findMembersSince(q: Queryable, personId: PersonId, since: Since) {
  return await q
    .select({ conversationId: reader.conversationId, number: reader.number })
    .from(reader)
    .where(and(eq(reader.personId, personId), gt(reader.number, since.after)))
    .orderBy(asc(reader.number))
    .limit(since.limit);
}

/** Several conversations as `personId` sees them. */
export async function findSummariesByIds(q: Queryable, personId: PersonId, ids: readonly ConversationId[]) {
  if (ids.length === 0) return [];
  return await select(q, and(eq(reader.personId, personId), inArray(reader.conversationId, [...ids])));
}

/** Nobody but who began it, or looked it up too, sees a conversation in which nothing was said to them yet. */
export function isListed(q: Queryable, personId: PersonId) {
  const isSaid = exists(
    q
      .select({ one: sql`1` })
      .from(message)
      .where(isOfferedTo(personId)),
  );
  return and(
    eq(reader.personId, personId),
    or(eq(conversation.createdBy, personId), gt(reader.number, 0), isSaid),
  );
}

/** Messages of a query's conversation that somebody was ever shown, or would have been. */
function isOfferedTo(personId: PersonId | typeof reader.personId) {
  return and(eq(message.conversationId, conversation.id), not(isWithheldFrom(personId)));
}

/** What the reader of a query has still to read; whoever went has nothing left to. */
export function isUnread(q: Queryable) {
  return and(
    visibleTo(q, reader),
    gt(message.position, reader.readPosition),
    ne(message.authorId, reader.personId),
    isNull(reader.leftRevision),
    isNull(message.deletedAt),
    isNull(message.notice),
  );
}

/** Since when a conversation is put away: not any more if something was said later, unless it was muted then. */
export function archivedAt(activityAt: SQL) {
  const muted = sql`case when ${reader.mute} is not null then coalesce(${reader.muteUntil}, 'infinity') end`;
  const stays = sql`${activityAt} <= greatest(${reader.archivedAt}, ${muted})`;
  return sql<Date | null>`case when ${stays} then ${reader.archivedAt} end`.mapWith(reader.archivedAt);
}

/** The reader's folders in which it lies and that still are. */
const folderIds = sql<FolderId[]>`case when ${reader.folderIds} = '{}' then '{}' else array(
  select ${folder.id} from ${folder} where ${folder.id} = any(${reader.folderIds}) and ${folder.deletedAt} is null
  order by ${folder.id}) end`;

/** In which of somebody's conversations something is left to read, or was marked so. */
export async function findUnreadIds(q: Queryable, personId: PersonId): Promise<ConversationId[]> {
  const something = q
    .select({ one: sql`1` })
    .from(message)
    .where(isUnread(q));
  const rows = await q
    .select({ id: reader.conversationId })
    .from(reader)
    .innerJoin(conversation, eq(conversation.id, reader.conversationId))
    .where(
      and(
        eq(reader.personId, personId),
        eq(reader.state, "accepted"),
        or(
          eq(reader.markedUnread, true),
          and(gt(conversation.position, reader.readPosition), exists(something)),
        ),
      ),
    )
    .orderBy(asc(reader.conversationId));
  return rows.map(({ id }) => id);
}

/** Whether a conversation stands in somebody's list. */
export async function isInList(q: Queryable, personId: PersonId, id: ConversationId): Promise<boolean> {
  const rows = await q
    .select({ one: sql`1` })
    .from(reader)
    .innerJoin(conversation, eq(conversation.id, reader.conversationId))
    .where(and(eq(reader.conversationId, id), isListed(q, personId)));
  return rows.length > 0;
}

/** What a query's reader saw last, as `last`: nobody's words are not it. */
export function lastOf(q: Queryable) {
  return q
    .select({ id: message.id, receivedAt: message.receivedAt })
    .from(message)
    .where(and(visibleTo(q, reader), isNull(message.notice)))
    .orderBy(desc(message.position))
    .limit(1)
    .as("last");
}

/** When that was; else when they came, went, or the conversation was begun. */
export const activityOf = sql<Date>`coalesce("last"."received_at", ${member.joinedAt}, ${reader.leftAt},
  ${conversation.createdAt})`.mapWith(conversation.createdAt);

async function select(q: Queryable, where: SQL | undefined) {
  const count = sql<number>`count(*)::int`;
  const named = sql`${reader.personId} = any(${message.mentions})`;
  const unread = q
    .select({
      all: count.as("all"),
      mentions: sql<number>`(count(*) filter (where ${named}))::int`.as("mentions"),
    })
    .from(message)
    .where(isUnread(q))
    .as("unread");
  const last = lastOf(q);
  const lastPosition = q
    .select({ position: message.position })
    .from(message)
    .where(and(isOfferedTo(reader.personId), isUntil(reader.historyUntil)))
    .orderBy(desc(message.position))
    .limit(1);
  return await q
    .select({
      conversation,
      keeperHost: person.host,
      member: getViewSelectedFields(reader),
      sharesReceipts: sql<boolean>`coalesce(${reader.receipts}, ${preference.receipts}, true)`,
      unread: unread.all,
      unreadMentions: unread.mentions,
      archivedAt: archivedAt(activityOf),
      folderIds,
      lastId: last.id,
      activityAt: activityOf,
      lastPosition: sql<number>`coalesce((${lastPosition}), 0)`.mapWith(Number),
    })
    .from(reader)
    .innerJoin(conversation, eq(conversation.id, reader.conversationId))
    .leftJoin(
      member,
      and(eq(member.conversationId, reader.conversationId), eq(member.personId, reader.personId)),
    )
    .leftJoin(person, eq(person.id, conversation.keeperId))
    .leftJoin(preference, eq(preference.personId, reader.personId))
    .leftJoinLateral(last, sql`true`)
    .innerJoinLateral(unread, sql`true`)
    .where(where)
    .orderBy(desc(activityOf), desc(conversation.id));
}
