import { and, eq, ne, sql } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { writeOnce } from "./prepare.ts";
import { areSevered } from "./relations.ts";
import { member } from "./schema/conversations.ts";
import { preference } from "./schema/people.ts";

export interface Reading {
  conversationId: ConversationId;
  personId: PersonId;
  /** Up to here. */
  position: number;
}

/** Readings as rows of `r (conversation_id, person_id, at)`. */
export function rowsOf(readings: readonly (Omit<Reading, "position"> & Partial<Reading>)[]) {
  const column = (values: readonly (string | number)[]) => sql.param(values);
  return sql`unnest(
    ${column(readings.map(({ conversationId }) => conversationId))}::uuid[],
    ${column(readings.map(({ personId }) => personId))}::uuid[],
    ${column(readings.map(({ position = 0 }) => position))}::bigint[]
  ) as r (conversation_id, person_id, at)`;
}

/** Whether a reader blocks another member, or another member them. */
const isSevered = sql`exists (
  select from member as other where other.conversation_id = r.conversation_id and other.person_id <> r.person_id
    and ${areSevered(sql`r.person_id`, sql`other.person_id`)})`;

export interface Risen extends Reading {
  /** Whether the reader's own mark rose. */
  read: boolean;
  /** Whether the others are shown that it did. */
  shown: boolean;
}

/** Whether a member shares their read marks, and is shown others': this conversation's choice, else the preference. */
export const sharesReceipts = sql<boolean>`coalesce(${member.receipts}, ${preference.receipts}, true)`;

/**
 * Raises read marks to where people have read; a mark never falls. Where they share it and have accepted, the others'
 * sight of it rises too, once there is a message of somebody else to pass.
 * A member whom another one blocks, or who blocks another, shows the mark to nobody: what was shown before stays, so
 * that nobody can tell from it. One statement; the conversations must be locked.
 */
export async function raiseMarks(tx: Transaction, readings: readonly Reading[]): Promise<Risen[]> {
  if (readings.length === 0) return [];
  const rows = await tx.execute<
    { conversation_id: ConversationId; person_id: PersonId; at: string } & Marks
  >(sql`
    with risen as (
      select r.*, ${member.readPosition} < r.at as read,
        ${member.shownPosition} < r.at
          and ${member.state} = 'accepted' and ${sharesReceipts}
          and exists (
            select from message m where m.conversation_id = r.conversation_id and m.author_id <> r.person_id
              and m.position > ${member.shownPosition} and m.position <= r.at)
          and not ${isSevered} as shown
      from ${rowsOf(readings)}
      join ${member} on ${member.conversationId} = r.conversation_id and ${member.personId} = r.person_id
      left join ${preference} on ${preference.personId} = r.person_id
    )
    update member set
      read_position = greatest(read_position, risen.at),
      shown_position = case when risen.shown then risen.at else shown_position end,
      marked_unread = marked_unread and not risen.read
    from risen
    where member.conversation_id = risen.conversation_id and member.person_id = risen.person_id
      and (risen.read or risen.shown)
    returning risen.conversation_id, risen.person_id, risen.at::text, risen.read, risen.shown`);
  return rows.map(({ conversation_id, person_id, at, read, shown }) => {
    return { conversationId: conversation_id, personId: person_id, position: Number(at), read, shown };
  });
}

type Marks = Pick<Risen, "read" | "shown">;

/**
 * Whoever writes passes what others said since they wrote last: it stands at the end, below no more than a few lines of the
 * group in their name. Whoever writes many messages one after the other looks past no more of them.
 */
const PASSED = 10;

const sights = writeOnce<Pick<Reading, "conversationId" | "personId"> & Sight>(
  () => sql`
  select r.conversation_id as "conversationId", r.person_id as "personId",
    ${sharesReceipts} and not ${isSevered} as shares,
    exists (
      select from (
        select m.author_id from message m
        where m.conversation_id = r.conversation_id and m.position > ${member.shownPosition}
        order by m.position desc limit ${sql.raw(String(PASSED))}
      ) last where last.author_id <> r.person_id) as passes
  from unnest(${sql.placeholder("conversations")}::uuid[], ${sql.placeholder("people")}::uuid[]) as r (conversation_id, person_id)
  join ${member} on ${member.conversationId} = r.conversation_id and ${member.personId} = r.person_id
  left join ${preference} on ${preference.personId} = r.person_id`,
);

/** What the others see of how far somebody has read, once that person writes something. */
export interface Sight {
  /** They may see it: it is shared, and no block stands between them. */
  shares: boolean;
  /** There is a message of somebody else that they did not see passed. */
  passes: boolean;
}

/** What the others would see of people's marks if they wrote now; the conversations must be locked. */
export async function findSights(
  tx: Transaction,
  writers: readonly Pick<Reading, "conversationId" | "personId">[],
) {
  if (writers.length === 0) return [];
  return await sights(tx).execute({
    conversations: writers.map(({ conversationId }) => conversationId),
    people: writers.map(({ personId }) => personId),
  });
}

/** How far somebody is shown to have read, and which members may see it: those who have accepted and share their own. */
export async function findReceipt(q: Queryable, conversationId: ConversationId, readerId: PersonId) {
  const reader = q
    .select({ position: member.shownPosition })
    .from(member)
    .where(and(eq(member.conversationId, conversationId), eq(member.personId, readerId)));
  const where = and(
    eq(member.conversationId, conversationId),
    ne(member.personId, readerId),
    eq(member.state, "accepted"),
    sharesReceipts,
  );
  const [[found], viewers] = await Promise.all([
    reader,
    q
      .select({ id: member.personId })
      .from(member)
      .leftJoin(preference, eq(preference.personId, member.personId))
      .where(where),
  ]);
  return { position: found?.position ?? 0, viewerIds: viewers.map(({ id }) => id) };
}
