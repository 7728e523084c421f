import type { Context } from "#domain/context.ts";
import { indexConversations, listUnindexed } from "#domain/search/indexing.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { Database } from "./processes.ts";

/** How many messages have one of these words. */
export const kinds = ["rare", "medium", "common", "everywhere"] as const;
export type Kind = (typeof kinds)[number];

/** The words of one kind: so many that no answer is asked for twice in a row. */
export function wordsOfKind(kind: Kind, rows: number): string[] {
  const count = { rare: Math.ceil(rows / 20), medium: 20, common: 4, everywhere: 1 }[kind];
  return Array.from({ length: Math.min(count, 1_000) }, (_, index) => `${kind}${index}`);
}

/**
 * Writes history into conversations, evenly over two years: a rare word is in about 20 messages, a medium one in one of 500,
 * a common one in one of 50 to 20, and one is everywhere.
 */
export async function writeHistory(
  { sql }: Database,
  conversations: readonly ConversationId[],
  rows: number,
): Promise<void> {
  const each = Math.floor(rows / conversations.length);
  await sql`
    insert into message (id, conversation_id, author_id, position, revision, text, audience, sent_at, received_at)
    select uuidv7(at - now()), c.id, m.person_id, n, n,
      'everywhere0 common' || (random() * 4)::int * 5 + (random() * 3)::int || ' medium' || (random() * 499)::int || ' rare'
        || (random() * ${Math.ceil(rows / 20)})::int || ' lorem ipsum dolor sit amet ' || md5(n::text),
      '{}', at, at
    from generate_series(1, ${each}::int) as n
    cross join unnest(${[...conversations]}::uuid[]) as c (id)
    cross join lateral (select now() - (${each}::int - n + random()) * (interval '730 days' / ${each}::int) as at) as t
    cross join lateral (
      select person_id from member where conversation_id = c.id order by person_id offset n % 2 limit 1
    ) as m`;
  await sql`
    update conversation set position = ${each}, revision = ${each}, activity_at = now() - interval '1 minute'
    where id = any(${[...conversations]}::uuid[])`;
}

/** Makes everything findable, as fast as it goes; answers how many messages a second. */
export async function indexAll(ctx: Context, rows: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    let ids: readonly ConversationId[] = (await listUnindexed(ctx)).ids;
    if (ids.length === 0) return (rows * 1000) / (performance.now() - began);
    while (ids.length > 0) ids = (await indexConversations(ctx, ids)) ?? ids;
  }
}

const LOCK = "luciole search";

/** Whoever holds this lock makes messages findable; held from here, nobody does. */
export async function holdIndexing({ sql }: Database): Promise<void> {
  await sql`select pg_advisory_lock(hashtextextended(${LOCK}, 0))`;
}

/** Lets the server make messages findable again. */
export async function releaseIndexing({ sql }: Database): Promise<void> {
  await sql`select pg_advisory_unlock(hashtextextended(${LOCK}, 0))`;
}
