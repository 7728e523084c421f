import type { PersonId } from "#lib/ids.ts";
import type { Database } from "./processes.ts";

interface Owner {
  readonly id: PersonId;
  readonly count: number;
  /** All of theirs are older than those of the others. */
  readonly isIdle: boolean;
}

/** Most people of the others, each of whom is in many conversations. */
const PEOPLE = 2_000;

/**
 * Writes conversations of two with one message each, every second another one: those of the owners evenly among those of
 * others, unless they are idle.
 */
export async function seedConversations(
  { sql }: Database,
  { owners, others }: { owners: readonly Owner[]; others: number },
): Promise<void> {
  await sql`
    insert into person (id, handle, created_at)
    select gen_random_uuid(), 'other' || n, now() from generate_series(1, ${PEOPLE}::int) as n`;
  await sql`
    create table seeded as
    select gen_random_uuid() as id, now() - n * interval '1 second' as at, null::uuid as owner, n
    from generate_series(1, ${others}::int) as n`;
  for (const { id, count, isIdle } of owners) {
    const [from, every] = isIdle ? [others, 1] : [0, others / count];
    await sql`
      insert into seeded
      select gen_random_uuid(), now() - (${from}::float8 + n * ${every}::float8) * interval '1 second', ${id}::uuid, n
      from generate_series(1, ${count}::int) as n`;
  }
  await sql`create table other as select id, row_number() over () - 1 as n from person where handle like 'other%'`;
  await sql`alter table seeded add column one uuid, add column two uuid`;
  await sql`
    update seeded set one = coalesce(seeded.owner, a.id), two = b.id
    from other a, other b where a.n = seeded.n % ${PEOPLE / 2}::int and b.n = seeded.n % ${PEOPLE / 2}::int + ${PEOPLE / 2}::int`;
  await sql`
    insert into conversation (id, kind, revision, position, activity_at, created_by, created_at)
    select id, 'direct', 2, 1, at, two, at from seeded`;
  await sql`
    insert into member (conversation_id, person_id, role, state, rank)
    select id, unnest(array[one, two]), 'member', 'accepted', unnest(array[0, 1]) from seeded`;
  await sql`
    insert into message
      (id, conversation_id, author_id, position, revision, text, audience, sent_at, received_at)
    select gen_random_uuid(), id, two, 1, 2, 'hello', array[one], at, at from seeded`;
  await sql`drop table seeded, other`;
  await sql`vacuum analyze`;
}
