import { sql } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { writeOnce } from "./prepare.ts";

/** A conversation that a message of another server may belong to. */
export interface Candidate {
  id: ConversationId;
  kind: "direct" | "group";
  /** It consists of the message's people and nobody else. */
  isExact: boolean;
  /** The author is in it, and so is somebody of this server to whom the message is addressed. */
  isShared: boolean;
  /** The author was in it, and is not any more. */
  isLeft: boolean;
  /** The author is in it, and of this server only those are addressed who are not any more. */
  isForGone: boolean;
}

interface Row {
  id: ConversationId;
  kind: Candidate["kind"];
  is_exact: boolean;
  is_shared: boolean;
  is_left: boolean;
  is_for_gone: boolean;
}

const candidates = writeOnce<Row>(() => {
  const [author, people] = [sql.placeholder("author"), sql.placeholder("people")];
  const isIn = sql`exists (select from member m where m.conversation_id = c.id and m.person_id = ${author}::uuid)`;
  return sql`
  select c.id, c.kind,
    c.kind = 'direct' and (
      select count(*) = cardinality(${people}::uuid[]) and bool_and(m.person_id = any (${people}::uuid[]))
      from member m where m.conversation_id = c.id
    ) as is_exact,
    ${isIn} and exists (
      select from member m join person p on p.id = m.person_id
      where m.conversation_id = c.id and p.host is null and m.person_id = any (${people}::uuid[])
    ) as is_shared,
    exists (select from former_member f where f.conversation_id = c.id and f.person_id = ${author}::uuid) as is_left,
    ${isIn} and (
      select bool_and(f.person_id is not null and m.person_id is null) from person p
      left join former_member f on f.conversation_id = c.id and f.person_id = p.id
      left join member m on m.conversation_id = c.id and m.person_id = p.id
      where p.host is null and p.id = any (${people}::uuid[])
    ) as is_for_gone
  from conversation c where c.id = any (${sql.placeholder("ids")}::uuid[])`;
});

/** How an author and the people of their message stand to conversations; `people` includes the author. */
export async function findCandidates(
  q: Queryable,
  ids: readonly ConversationId[],
  { author, people }: { author: PersonId; people: readonly PersonId[] },
): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const rows = await candidates(q).execute({ ids: [...new Set(ids)], author, people });
  return rows.map(({ id, kind, is_exact, is_shared, is_left, is_for_gone }) => {
    return { id, kind, isExact: is_exact, isShared: is_shared, isLeft: is_left, isForGone: is_for_gone };
  });
}
