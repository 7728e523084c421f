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
import { conversation, folder, member, reader } from "./schema/conversations.ts";
import { message } from "./schema/messages.ts";
import { person, preference } from "./schema/people.ts";
import { isUntil, isWithheldFrom, visibleTo } from "./sight.ts";

export type ReaderState = (typeof reader.$inferSelect)["state"];
/** A conversation as one of its readers sees it, without the list of its members. */
export type SummaryRow = Awaited<ReturnType<typeof select>>[number];

/** Where a page of the list begins: after this conversation, newest activity first. */
export interface ListCursor {
  activityAt: Date;
  id: ConversationId;
}

/** One conversation as `personId` sees it; null when it is not theirs. */
export async function findSummary(q: Queryable, personId: PersonId, id: ConversationId) {
  const rows = await select(q, {
    where: and(eq(reader.personId, personId), eq(reader.conversationId, id)),
    limit: 1,
  });
  return rows[0] ?? null;
}

/** A page of somebody's conversations in one state, newest activity first. */
export async function findSummaries(
  q: Queryable,
  personId: PersonId,
  page: { state: ReaderState; before: ListCursor | null; limit: number },
) {
  const { before } = page;
  const older = (activityAt: SQL) =>
    before === null
      ? undefined
      : sql`(${activityAt}, ${conversation.id}) < (${before.activityAt.toISOString()}::timestamptz, ${before.id}::uuid)`;
  const where = and(isListed(q, personId), eq(reader.state, page.state));
  return await select(q, { where, older, limit: page.limit });
}

/** Somebody's conversations that a transaction not older than `xmin` changed. Overlap is harmless, a gap is not. */
export async function findSummariesSince(q: Queryable, personId: PersonId, xmin: string) {
  // What happens after somebody went is not theirs to know.
  const changed = and(isNull(reader.leftRevision), sql`${conversation.changedXid} >= ${xmin}::xid8`);
  return await select(q, { where: and(isListed(q, personId), changed), limit: null });
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
  const where = and(eq(reader.personId, personId), inArray(reader.conversationId, [...ids]));
  return await select(q, { where, limit: null });
}

/** Nobody but who began it, or looked it up too, sees a conversation in which nothing was said to them yet. */
function isListed(q: Queryable, personId: PersonId) {
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
function isUnread(q: Queryable) {
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
function archivedAt(activityAt: SQL) {
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

interface Clause {
  where: SQL | undefined;
  /** Of the rows before it in the list, as their time of activity says; all without. */
  older?: (activityAt: SQL) => SQL | undefined;
  limit: number | null;
}

async function select(q: Queryable, { where, older, limit }: Clause) {
  const visible = visibleTo(q, reader);
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
  const last = q
    .select({ id: message.id, receivedAt: message.receivedAt })
    .from(message)
    .where(and(visible, isNull(message.notice)))
    .orderBy(desc(message.position))
    .limit(1)
    .as("last");
  const lastPosition = q
    .select({ position: message.position })
    .from(message)
    .where(and(isOfferedTo(reader.personId), isUntil(reader.historyUntil)))
    .orderBy(desc(message.position))
    .limit(1);
  const activityAt =
    sql<Date>`coalesce(${last.receivedAt}, ${member.joinedAt}, ${reader.leftAt}, ${conversation.createdAt})`.mapWith(
      conversation.createdAt,
    );
  const query = q
    .select({
      conversation,
      keeperHost: person.host,
      member: getViewSelectedFields(reader),
      sharesReceipts: sql<boolean>`coalesce(${reader.receipts}, ${preference.receipts}, true)`,
      unread: unread.all,
      unreadMentions: unread.mentions,
      archivedAt: archivedAt(activityAt),
      folderIds,
      lastId: last.id,
      activityAt,
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
    .where(and(where, older?.(activityAt)))
    .orderBy(desc(activityAt), desc(conversation.id));
  return limit === null ? await query : await query.limit(limit);
}
