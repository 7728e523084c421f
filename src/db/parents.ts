import { eq, sql, type SQL } from "drizzle-orm";
import type { ActivityId, MessageId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { activity } from "./schema/federation.ts";

/** Whether the delivery of `message` to `person` ended without success; as SQL. */
function endedFor(message: SQL, person: SQL): SQL {
  return sql`exists (
    select 1 from delivery d join activity c on c.id = d.activity_id and c.type = 'Create'
    where d.message_id = ${message} and d.recipient_id ${person} and d.state in ('refused', 'gave-up'))`;
}

/** How far back a parent is looked for that nobody named. */
const PARENT_REACH = 200;

/**
 * The newest message not long before `m` that stands, and that its author and all its recipients wrote or got; a line of a
 * change is one if it was told as a message. As SQL.
 */
const implicitParent = sql`
  select p.id from message p
  where p.conversation_id = m.conversation_id and p.deleted_at is null
    and p.position < m.position and p.position >= m.position - ${sql.raw(String(PARENT_REACH))}
    and (p.audience || p.author_id) @> (m.audience || m.author_id) and p.withheld_from <@ m.withheld_from
    and (p.notice is null or exists (select 1 from activity c where c.message_id = p.id))
    and not ${endedFor(sql`p.id`, sql`= any (m.audience)`)}
  order by p.position desc limit 1`;

/**
 * The parent to name on the wire for each message: the one that it answers, else the newest before it that all its
 * people have, because a parent that a recipient's server cannot fetch makes some servers drop the reply. Whoever never
 * had the one that it answers gets a quotation instead (`lacksParent`). A deleted one is not named.
 */
export async function findWireParents(
  q: Queryable,
  ids: readonly MessageId[],
): Promise<Map<MessageId, MessageId>> {
  const rows = await q.execute<{ id: MessageId; parent: MessageId | null }>(sql`
    select m.id, coalesce(explicit.id, implicit.id) as parent
    from message m
    left join message explicit on explicit.id = m.in_reply_to and explicit.deleted_at is null
    left join lateral (${implicitParent}) implicit on true
    where m.id = any (${sql.param([...ids])}::uuid[])`);
  return new Map(rows.flatMap(({ id, parent }) => (parent === null ? [] : [[id, parent] as const])));
}

/** The newest message before another that its author and all its recipients have by now; null when there is none. */
export async function findImplicitParent(q: Queryable, id: MessageId): Promise<MessageId | null> {
  const rows = await q.execute<{ parent: MessageId }>(sql`
    select implicit.id as parent from message m cross join lateral (${implicitParent}) implicit
    where m.id = ${id}`);
  return rows[0]?.parent ?? null;
}

/**
 * Whether somebody at a server never got the parent that an activity names: they were not there yet, it was refused or
 * given up. Servers of our own kind keep what answers something they lack, and an activity is the same for all of them. As
 * SQL, beside a row of `activity`.
 */
export function lacksParent(host: SQL): SQL<boolean> {
  return sql<boolean>`case when activity.in_reply_to is null then false else exists (
    select 1 from message parent, message said, person reader
    where parent.id = activity.in_reply_to and said.id = activity.message_id
      and reader.id = any (said.audience) and reader.signals is null and reader.id <> all (said.withheld_from) and reader.host = ${host}
      and ((reader.id <> parent.author_id and reader.id <> all (coalesce(parent.audience, '{}')))
        or reader.id = any (parent.withheld_from)
        or ${endedFor(sql`parent.id`, sql`= reader.id`)})) end`;
}

/** Whether somebody at a server never got the parent that an activity names. */
export async function isParentLacking(q: Queryable, id: ActivityId, host: string): Promise<boolean> {
  const rows = await q
    .select({ lacks: lacksParent(sql`${host}`) })
    .from(activity)
    .where(eq(activity.id, id));
  return rows[0]?.lacks ?? false;
}

/** Keeps the parent that an activity names from being deleted meanwhile; false when it is. */
export async function lockParent(tx: Transaction, id: ActivityId): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from message parent join activity on activity.in_reply_to = parent.id
    where activity.id = ${id} and parent.deleted_at is null for share of parent`);
  return rows.length > 0;
}

/** Forgets the bytes that quote messages; who still waits for them gets others, without it. */
export async function forgetQuotes(q: Queryable, quotedIds: readonly MessageId[]): Promise<void> {
  const quoted = sql.param([...quotedIds]);
  await q.execute(sql`
    update activity set quoted_body = null
    where message_id in (select reply.id from message reply where reply.in_reply_to = any(${quoted}::uuid[]))
      and quoted_body is not null`);
}
