import { and, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { conversation, member, reader } from "./schema/conversations.ts";
import { message } from "./schema/messages.ts";
import { person } from "./schema/people.ts";
import { searchEntry } from "./schema/search.ts";
import { visibleTo } from "./sight.ts";

/** Where somebody may look. */
export interface SearchPlace {
  id: ConversationId;
  activityAt: Date;
}

/**
 * The conversations of somebody in which they look: all that they accepted and all that they were in, or those of the given
 * names (an id, a part of the title, or one of the people in one without a title).
 */
export async function findPlaces(
  q: Queryable,
  personId: PersonId,
  only: { id: ConversationId | null; names: readonly string[]; host: string },
): Promise<SearchPlace[]> {
  const isNamed = sql`exists (
    select from unnest(${sql.param(only.names.map((name) => name.toLowerCase()))}::text[]) as n (name)
    where ${conversation.id}::text = n.name
      or strpos(lower(coalesce(${reader.leftTitle}, ${conversation.title}, '')), n.name) > 0
      or (${conversation.title} is null and exists (
        select from ${member} m join ${person} p on p.id = m.person_id
        where m.conversation_id = ${conversation.id} and m.person_id <> ${personId}
          and (strpos(lower(p.name), n.name) > 0 or ${isCalled(sql`n.name`, only.host)})))
  )`;
  return await q
    .select({ id: conversation.id, activityAt: conversation.activityAt })
    .from(reader)
    .innerJoin(conversation, eq(conversation.id, reader.conversationId))
    .where(
      and(
        eq(reader.personId, personId),
        sql`${reader.state} not in ('request', 'declined')`,
        only.id === null ? undefined : eq(reader.conversationId, only.id),
        only.names.length === 0 ? undefined : isNamed,
      ),
    );
}

/** Who of those whom somebody shares or shared a conversation with has one of these handles or addresses. */
export async function findAuthors(
  q: Queryable,
  personId: PersonId,
  { names, host }: { names: readonly string[]; host: string },
): Promise<PersonId[]> {
  const rows = await q.execute<{ id: PersonId }>(sql`
    select p.id from unnest(${sql.param([...names])}::text[]) as n (name)
    join ${person} p on ${isCalled(sql`n.name`, host)}
    where exists (
      select from ${reader} theirs join ${reader} own on own.conversation_id = theirs.conversation_id
      where theirs.person_id = p.id and own.person_id = ${personId})
    limit 100`);
  return rows.map(({ id }) => id);
}

/** Whether `p` has, or had before, a handle (`ann`) or an address (`ann@b.example`), in lower case; `here` is this server's host. */
function isCalled(name: SQL, here: string): SQL {
  const host = sql`split_part(${name}, '@', 2)`;
  return sql`(split_part(${name}, '@', 1) in (lower(p.handle), lower(p.former_handle))
    and (${host} = '' or coalesce(p.host, ${here}) = ${host}))`;
}

/** A part of the time in which to look; the parts of one search follow each other, newest first. */
export interface SearchWindow {
  /** What the index is asked: alternatives as `tsquery`, of which no two find the same message. */
  queries: readonly string[];
  from: Date | null;
  /** Exclusive. */
  until: Date | null;
}

export interface Hit {
  id: MessageId;
  receivedAt: Date;
}

/** The newest messages that somebody may see and that fit, after a page's last one; a part of the time is looked at only when those before it did not fill the page. */
export async function findHits(
  q: Queryable,
  personId: PersonId,
  search: { windows: readonly SearchWindow[]; before: Hit | null; limit: number },
): Promise<Hit[]> {
  const isSeen = sql`(
    select from ${reader} join ${message} on ${message.conversationId} = ${reader.conversationId}
    where ${message.id} = hit.message_id and ${and(
      eq(reader.personId, personId),
      visibleTo(q, reader),
      isNull(message.deletedAt),
      // Whoever went sees messages as they were then: what they say since is not theirs to find.
      sql`(${reader.leftAt} is null or ${message.editedAt} is null or ${message.editedAt} <= ${reader.leftAt})`,
    )!} offset 0)`;
  const parts = search.windows.map((window) => {
    // Sorted before anything else is asked of it, so that only what is shown is looked up in other tables.
    return sql`(
      select hit.message_id, hit.received_at from (
        select e.message_id, e.received_at
        from unnest(${sql.param([...window.queries])}::text[]) as asked (query)
        join ${searchEntry} e on e.words @@ asked.query::tsquery
        where ${within(window, search.before)}
        order by e.received_at desc, e.message_id desc offset 0
      ) hit cross join lateral ${isSeen} seen limit ${search.limit})`;
  });
  if (parts.length === 0) return [];
  const rows = await q.execute<{ message_id: MessageId; received_at: string }>(
    sql`select * from (${sql.join(parts, sql` union all `)}) hits limit ${search.limit}`,
  );
  return rows.map((row) => ({ id: row.message_id, receivedAt: new Date(row.received_at) }));
}

function within({ from, until }: SearchWindow, before: Hit | null): SQL {
  return sql.join(
    [
      sql`true`,
      ...(from === null ? [] : [sql`e.received_at >= ${from.toISOString()}::timestamptz`]),
      ...(until === null ? [] : [sql`e.received_at < ${until.toISOString()}::timestamptz`]),
      ...(before === null
        ? []
        : [
            sql`(e.received_at, e.message_id) < (${before.receivedAt.toISOString()}::timestamptz, ${before.id}::uuid)`,
          ]),
    ],
    sql` and `,
  );
}
