import { sql } from "drizzle-orm";
import type { ConversationId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { message } from "./schema/messages.ts";

/**
 * The position of the first message that came at or after a moment, or the next free one. Messages come in the order of
 * their positions, so halving the range finds it in one look at an index per step, however long the conversation is.
 */
export async function findPositionAt(
  q: Queryable,
  conversationId: ConversationId,
  { at, upTo }: { at: Date; upTo: number },
): Promise<number> {
  const rows = await q.execute<{ position: string }>(sql`
    with recursive step (low, high) as (
      select 1::bigint, ${upTo}::bigint + 1
      union all
      select case when probe.is_before then probe.position + 1 else step.low end,
             case when probe.is_before then step.high else middle.position end
      from step
      cross join lateral (select (step.low + step.high) / 2 as position) middle
      left join lateral (
        select m.position, m.received_at < ${at.toISOString()}::timestamptz as is_before from ${message} m
        where m.conversation_id = ${conversationId} and m.position >= middle.position
        order by m.position limit 1
      ) probe on true
      where step.low < step.high
    )
    select low as position from step where low >= high`);
  return Number(rows[0]!.position);
}
