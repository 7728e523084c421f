import { sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { person } from "./schema/people.ts";

/** One of those at another server who know somebody of ours. */
export interface Knowing {
  id: PersonId;
  handle: string;
  host: string;
}

/**
 * The other servers that know somebody of this one, each by one of its people who is still there, best one with a shared
 * inbox. A server knows them where somebody there is or was in a conversation with them, keeps a group that they are or
 * were in, was ever sent anything of theirs, or blocks them.
 */
export async function findKnowing(q: Queryable, personId: PersonId): Promise<Knowing[]> {
  const all = sql`
    with room as (
      select conversation_id from member where person_id = ${personId}
      union select conversation_id from former_member where person_id = ${personId}
    ), met as (
      select person_id as id from member where conversation_id in (select conversation_id from room)
      union select person_id from former_member where conversation_id in (select conversation_id from room)
      union select keeper_id from conversation where id in (select conversation_id from room)
      union select recipient_id from delivery where author_id = ${personId}
      union select person_id from relation where other_id = ${personId}
    )
    select distinct on (p.host) p.id, p.handle, p.host
    from ${person} p
    where p.host is not null and p.state <> 'deleted' and p.id in (select id from met)
    order by p.host, p.shared_inbox is null, p.inbox is null, p.fetched_at desc nulls last, p.id`;
  return [...(await q.execute<Knowing & Record<string, unknown>>(all))];
}
