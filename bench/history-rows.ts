import type { ConversationId } from "#lib/ids.ts";
import type { Database } from "./processes.ts";

const MINUTE_MS = 60_000;

/** Somebody's long conversation, and those that stand beside it in their list. */
export interface Past {
  readonly long: ConversationId;
  readonly others: readonly ConversationId[];
  /** Messages in the long one; the others have ten each. */
  readonly rows: number;
  /** When the newest came; each of the others a minute before the next. */
  readonly end: Date;
}

/** When a message of the long conversation came. */
export function momentOf({ rows, end }: Past, position: number): Date {
  return new Date(end.getTime() - (rows - position) * MINUTE_MS);
}

/** Writes what was said: a message a minute by turns, all of it read by both but for the newest ten. */
export async function writePast({ sql }: Database, { long, others, rows, end }: Past): Promise<void> {
  const each = [rows, ...others.map(() => 10)];
  const ids = [long, ...others];
  await sql`
    insert into message (id, conversation_id, author_id, position, revision, text, audience, sent_at, received_at)
    select uuidv7(at - now()), c.id, people.ids[1 + n % 2], n, n,
      rpad(md5(n::text), 200, ' lorem ipsum dolor'), people.ids[2 - n % 2 : 2 - n % 2], at, at
    from unnest(${ids}::uuid[], ${each}::int[]) as c (id, rows)
    cross join lateral (
      select array_agg(person_id order by person_id) as ids from member where conversation_id = c.id
    ) people
    cross join lateral generate_series(1, c.rows) as n
    cross join lateral (
      select ${end.toISOString()}::timestamptz - (c.rows - n) * interval '1 minute' as at
    ) t`;
  await sql`
    update conversation set position = c.rows, revision = c.rows, activity_at = ${end.toISOString()}
    from unnest(${ids}::uuid[], ${each}::int[]) as c (id, rows) where conversation.id = c.id`;
  await sql`
    update member set read_position = conversation.position - 10
    from conversation where conversation.id = member.conversation_id and conversation.id = any(${ids}::uuid[])`;
}

/** Forgets how far somebody has read. */
export async function unread({ sql }: Database, personId: string): Promise<void> {
  await sql`update member set read_position = 0 where person_id = ${personId}`;
}
