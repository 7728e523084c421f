import { and, eq, exists, gt, inArray, isNotNull, isNull, not, or, sql, type SQL } from "drizzle-orm";
import type { ConversationId, FolderId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { conversation, member, reader } from "./schema/conversations.ts";
import { message } from "./schema/messages.ts";
import { activityOf, archivedAt, isListed, isUnread, lastOf, type ReaderState } from "./views.ts";

/** Which of somebody's conversations are wanted. */
export interface ListFilter {
  states: readonly ReaderState[];
  archived: boolean | null;
  folderId: FolderId | null;
  /** Only where something is left to read, or was marked so. */
  isUnread: boolean;
  /** Part of a title, or of the name or address of somebody in it; case and accents aside. */
  name: string | null;
}

/** Where a conversation stands in the list: pinned ones first, then by what was said last. */
export interface ListPlace {
  isPinned: boolean;
  activityAt: Date;
  id: ConversationId;
}

interface Asked {
  personId: PersonId;
  filter: ListFilter;
  isPinned: boolean;
}

/** A page of somebody's list: the places after `before`, in order. `sources`: where to look, if not where it is cheapest. */
export async function findPlaces(
  q: Queryable,
  asked: { personId: PersonId; filter: ListFilter },
  { before, limit, sources: given }: { before: ListPlace | null; limit: number; sources?: readonly Source[] },
): Promise<ListPlace[]> {
  const sources = given ?? (await sourcesOf(q, asked));
  const pinned =
    before === null || before.isPinned
      ? await findGroup(q, { ...asked, isPinned: true }, { before, limit, sources: everything })
      : [];
  if (pinned.length >= limit) return pinned;
  const rest = { before: before?.isPinned === false ? before : null, limit: limit - pinned.length, sources };
  return [...pinned, ...(await findGroup(q, { ...asked, isPinned: false }, rest))];
}

/** How many of the server's conversations that changed last are looked through; null: all of the person's are. */
export type Source = number | null;
const everything: readonly Source[] = [null];
/** With more conversations than this it is cheaper to look for them among those of the server that changed last. */
const MANY = 1_000;

/** What to try, in order. A name is sought among all of them anyway. */
async function sourcesOf(
  q: Queryable,
  { personId, filter }: { personId: PersonId; filter: ListFilter },
): Promise<readonly Source[]> {
  if (filter.name !== null) return everything;
  const rows = await q.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from member where person_id = ${personId} limit ${MANY + 1}) as counted`);
  return rows[0]!.count > MANY ? [1_024, null] : everything;
}

/**
 * The best of one group. A conversation's own time of activity is never before that of any of its readers, so it says in
 * which order to look; each reader's own time is asked of the messages, and what cannot be overtaken any more is sure.
 */
async function findGroup(
  q: Queryable,
  asked: Asked,
  { before, limit, sources }: { before: ListPlace | null; limit: number; sources: readonly Source[] },
): Promise<ListPlace[]> {
  const isAfter = (place: ListPlace) => before === null || compare(before, place) < 0;
  for (const [index, source] of sources.entries()) {
    for (let reach = limit + 16; ; reach *= 4) {
      const { places, looked, least } = await look(q, asked, { source, reach });
      const sure = places.filter((place) => isAfter(place) && (least === null || place.activityAt > least));
      if (sure.length >= limit || least === null) return sure.toSorted(compare).slice(0, limit);
      // Nothing more is to be had from here.
      if (looked < reach && index < sources.length - 1) break;
    }
  }
  throw new Error("a list has an end");
}

function compare(one: ListPlace, other: ListPlace): number {
  const later = other.activityAt.getTime() - one.activityAt.getTime();
  return later || (one.id === other.id ? 0 : one.id < other.id ? 1 : -1);
}

/** Before it nothing of a reader's list can stand that this conversation's row does not know of. */
const bound = sql`greatest(${conversation.activityAt}, ${member.joinedAt}, ${reader.leftAt})`;
const milliseconds = (at: SQL) => sql`round(extract(epoch from ${at}) * 1000)::text`;

/** The readers of a source whose bounds are highest, and below which bound there may be more (null: nowhere). */
async function look(
  q: Queryable,
  asked: Asked,
  { source, reach }: { source: Source; reach: number },
): Promise<{ places: ListPlace[]; looked: number; least: Date | null }> {
  const { isPinned } = asked;
  const from = source === null ? sql`reader` : near(asked.personId);
  const rows = await q.execute<{ id: ConversationId | null; at: string; bound: string; passes: boolean }>(sql`
    with recent as materialized (
      select id, activity_at from conversation order by activity_at desc limit ${source ?? 0}
    ),
    candidate as materialized (
      select reader.*, ${member.joinedAt}, ${bound} as bound
      from ${from}
      join conversation on conversation.id = reader.conversation_id
      left join member on member.conversation_id = reader.conversation_id and member.person_id = reader.person_id
      where ${isWanted(asked)} order by bound desc limit ${reach}
    )
    select conversation.id, ${milliseconds(activityOf)} as at, ${milliseconds(sql`reader.bound`)} as bound,
      ${passes(q, asked)} as passes
    from candidate as reader
    join conversation on conversation.id = reader.conversation_id
    left join member on member.conversation_id = reader.conversation_id and member.person_id = reader.person_id
    left join lateral ${lastOf(q)} on true
    union all
    select null, count(*)::text, coalesce(${milliseconds(sql`min(activity_at)`)}, '0'), false from recent`);
  const found = rows.filter(({ id }) => id !== null);
  const recent = rows.find(({ id }) => id === null)!;
  const bounds = found.map((row) => Number(row.bound));
  const places = found.flatMap(({ id, at, passes: isListed }) =>
    isListed ? { isPinned, activityAt: new Date(Number(at)), id: id! } : [],
  );
  const isWhole = source === null || Number(recent.at) < source;
  const ended = isWhole ? null : new Date(Number(recent.bound));
  return {
    places,
    looked: found.length,
    least: found.length < reach ? ended : new Date(Math.min(...bounds)),
  };
}

/** Those of the conversations that changed last, or that the person came to or left as late, in which they are. */
function near(personId: PersonId): SQL {
  const late = sql`(select min(activity_at) from recent)`;
  // `offset 0` has each looked up by itself: all that the person has would be more.
  return sql`(
    select id from recent
    union select conversation_id from member where person_id = ${personId} and joined_at > ${late}
    union select conversation_id from former_member where person_id = ${personId} and left_at > ${late}
  ) as near
  cross join lateral (
    select * from reader as one where one.conversation_id = near.id and one.person_id = ${personId} offset 0
  ) as reader`;
}

/** What the rows of the conversation and its reader say. */
function isWanted({ personId, filter, isPinned }: Asked): SQL {
  const { states, folderId, name } = filter;
  return and(
    eq(reader.personId, personId),
    inArray(reader.state, [...states]),
    isPinned ? isNotNull(reader.pinnedAt) : isNull(reader.pinnedAt),
    folderId === null ? undefined : sql`${folderId} = any(${reader.folderIds})`,
    filter.isUnread
      ? or(eq(reader.markedUnread, true), gt(conversation.position, reader.readPosition))
      : undefined,
    name === null ? undefined : isNamed(name),
  )!;
}

/** What only the messages say. */
function passes(q: Queryable, { personId, filter }: Asked): SQL {
  const something = q
    .select({ one: sql`1` })
    .from(message)
    .where(isUnread(q));
  const isArchived = sql`${archivedAt(activityOf)} is not null`;
  return and(
    isListed(q, personId),
    filter.archived === null ? undefined : filter.archived ? isArchived : not(isArchived),
    filter.isUnread ? or(eq(reader.markedUnread, true), exists(something)) : undefined,
  )!;
}

/** Whether a conversation, or somebody else in it, is called so: case and accents aside. */
function isNamed(name: string): SQL {
  const folded = (text: SQL) =>
    sql`lower(regexp_replace(normalize(${text}, NFKD), '[\u0300-\u036f]', '', 'g'))`;
  const holds = (text: SQL) => sql`strpos(${folded(text)}, ${folded(sql`${name}::text`)}) > 0`;
  const called = sql`concat_ws(' ', person.name, '@' || person.handle || coalesce('@' || person.host, ''),
    '@' || person.former_handle)`;
  return sql`(${holds(sql`coalesce(${reader.leftTitle}, ${conversation.title}, '')`)} or exists (
    select from member as other join person on person.id = other.person_id
    where other.conversation_id = ${reader.conversationId} and other.person_id <> ${reader.personId}
      and ${holds(called)}))`;
}
