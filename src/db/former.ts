import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  notInArray,
  or,
  sql,
  type SQL,
} from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { successor, successorColumns, type KnownPerson } from "./people.ts";
import { formerMember, member, reader } from "./schema/conversations.ts";
import { person } from "./schema/people.ts";

const isTheirs = (viewerId: PersonId, ids: readonly ConversationId[]) =>
  and(eq(reader.personId, viewerId), inArray(reader.conversationId, [...ids]));

/** Who of some people was in a group and is not any more. */
export async function findGone(
  q: Queryable,
  conversationId: ConversationId,
  people: readonly PersonId[],
): Promise<PersonId[]> {
  const ofGroup = (table: typeof formerMember | typeof member) =>
    and(eq(table.conversationId, conversationId), inArray(table.personId, [...people]));
  const present = q.select({ id: member.personId }).from(member).where(ofGroup(member));
  const rows = await q
    .select({ id: formerMember.personId })
    .from(formerMember)
    .where(and(ofGroup(formerMember), notInArray(formerMember.personId, present)));
  return rows.map(({ id }) => id);
}

/** Whether a group has banned somebody, or one of the accounts that have become theirs, by however many steps. */
export const isBannedIn = (conversationId: SQL, personId: SQL) => sql`exists (
  with recursive same(id) as (
    select ${personId} union select earlier.id from ${person} earlier join same on earlier.moved_to = same.id)
  select from former_member f join same on f.person_id = same.id
  where f.conversation_id = ${conversationId} and f.state = 'banned')`;

/** Whether a group has banned one of some people, also as somebody they were before. */
export async function areAnyBanned(
  q: Queryable,
  conversationId: ConversationId,
  people: readonly PersonId[],
): Promise<boolean> {
  const isBanned = isBannedIn(sql`${conversationId}::uuid`, sql`one.id`);
  const rows = await q.execute(
    sql`select from unnest(${sql.param([...people])}::uuid[]) as one(id) where ${isBanned} limit 1`,
  );
  return rows.length > 0;
}

/** Of each of these groups, who went of those who were in it while a reader was, the last to go first. */
export async function findFormer(
  q: Queryable,
  viewerId: PersonId,
  { ids, limit }: { ids: readonly ConversationId[]; limit: number },
) {
  const isPresent = q
    .select({ one: sql`1` })
    .from(member)
    .where(
      and(eq(member.conversationId, formerMember.conversationId), eq(member.personId, formerMember.personId)),
    );
  const gone = q
    .select({
      personId: formerMember.personId,
      leftRevision: sql`${formerMember.leftRevision}`.as("gone_revision"),
    })
    .from(formerMember)
    .where(
      and(
        eq(formerMember.conversationId, reader.conversationId),
        gt(formerMember.historyUntil, reader.historyAfter),
        or(
          and(isNull(reader.leftRevision), notExists(isPresent)),
          lt(formerMember.leftRevision, reader.leftRevision),
        ),
      ),
    )
    .orderBy(desc(formerMember.leftRevision))
    .limit(limit)
    .as("gone");
  return await q
    .select({ conversationId: reader.conversationId, person, successor: successorColumns })
    .from(reader)
    .innerJoinLateral(gone, sql`true`)
    .innerJoin(person, eq(person.id, gone.personId))
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(isTheirs(viewerId, ids))
    .orderBy(asc(reader.conversationId), desc(gone.leftRevision));
}

/** Who was in these groups when a reader went, in the order in which they are shown. */
export async function findMembersAsLeft(q: Queryable, viewerId: PersonId, ids: readonly ConversationId[]) {
  const wasThere = (table: typeof member | typeof formerMember) =>
    and(eq(table.conversationId, reader.conversationId), lte(table.joinedRevision, reader.leftRevision));
  const present = q
    .select({ personId: member.personId, rank: member.rank })
    .from(member)
    .where(wasThere(member));
  const gone = q
    .select({ personId: formerMember.personId, rank: formerMember.rank })
    .from(formerMember)
    .where(and(wasThere(formerMember), gte(formerMember.leftRevision, reader.leftRevision)));
  const there = present.union(gone).as("there");
  return await q
    .select({ conversationId: reader.conversationId, person, successor: successorColumns })
    .from(reader)
    .innerJoinLateral(there, sql`true`)
    .innerJoin(person, eq(person.id, there.personId))
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(and(isTheirs(viewerId, ids), isNotNull(reader.leftRevision)))
    .orderBy(asc(reader.conversationId), asc(there.rank), asc(there.personId));
}

/** Which of these people may read a group, and what it was called when they went; `leftRevision` is null for members. */
export async function findReaders(
  q: Queryable,
  conversationId: ConversationId,
  people: readonly PersonId[],
): Promise<{ personId: PersonId; leftRevision: number | null; leftTitle: string | null }[]> {
  return await q
    .select({
      personId: reader.personId,
      leftRevision: reader.leftRevision,
      leftTitle: reader.leftTitle,
    })
    .from(reader)
    .where(
      and(
        eq(reader.conversationId, conversationId),
        sql`${reader.personId} = any(${sql.param([...people])}::uuid[])`,
      ),
    );
}

/** Groups that somebody took out of their list after their number `after`. */
export async function findForgottenSince(
  q: Queryable,
  personId: PersonId,
  since: { after: number; limit: number },
) {
  return await q
    .select({ conversationId: formerMember.conversationId, number: formerMember.number })
    .from(formerMember)
    .where(
      and(
        eq(formerMember.personId, personId),
        isNotNull(formerMember.forgottenAt),
        gt(formerMember.number, since.after),
      ),
    )
    .orderBy(asc(formerMember.number))
    .limit(since.limit);
}

/** Whom a group has banned, the last first. */
export async function findBanned(q: Queryable, conversationId: ConversationId): Promise<KnownPerson[]> {
  return await q
    .select({ person, successor: successorColumns })
    .from(formerMember)
    .innerJoin(person, eq(person.id, formerMember.personId))
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(and(eq(formerMember.conversationId, conversationId), eq(formerMember.state, "banned")))
    .orderBy(desc(formerMember.leftAt), asc(formerMember.personId));
}
