import { and, asc, inArray, sql } from "drizzle-orm";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { asLeftAnywhere } from "./as-left.ts";
import type { Queryable } from "./connect.ts";
import { message } from "./schema/messages.ts";
import { seenBy, shown, toShown, type ShownMessage } from "./sight.ts";

/** Messages of one chain at most, and steps up to its root. */
const CHAIN = 500;

/**
 * The ids of a message's chain as one viewer sees it, the root first: the way up to it, then everything below it, nearest
 * first. What the viewer may not see ends the way, and hides what is below it.
 */
export async function findChainIds(q: Queryable, personId: PersonId, id: MessageId): Promise<MessageId[]> {
  const isSeen = seenBy(q, personId);
  const rows = await q.execute<{ id: MessageId }>(sql`
    with recursive up (id, conversation_id, parent, depth) as (
      select id, conversation_id, in_reply_to, 1 from ${message} where id = ${id} and ${isSeen}
      union all
      select message.id, message.conversation_id, message.in_reply_to, up.depth + 1
      from up join ${message} on message.id = up.parent and message.conversation_id = up.conversation_id
      where up.depth < ${CHAIN} and ${isSeen}
    ),
    root as (select id, conversation_id from up order by depth desc limit 1),
    below (id, conversation_id) as (
      select id, conversation_id from root
      union all
      select message.id, message.conversation_id
      from below join ${message} on message.in_reply_to = below.id
        and message.conversation_id = below.conversation_id
      where ${isSeen}
    )
    select id from (
      (select id from up order by depth desc)
      union all
      (select id from below where id not in (select id from up) limit ${CHAIN})
    ) chain limit ${CHAIN}`);
  return rows.map((row) => row.id);
}

/** Messages by their ids, those that a viewer may see, in the order of display. */
export async function findSeenAmong(
  q: Queryable,
  personId: PersonId,
  ids: readonly MessageId[],
): Promise<ShownMessage[]> {
  const rows = await q
    .select(shown)
    .from(message)
    .where(and(inArray(message.id, [...ids]), seenBy(q, personId)))
    .orderBy(asc(message.position));
  return await asLeftAnywhere(
    q,
    personId,
    rows.map((row) => toShown(row, personId)),
  );
}
