import { and, asc, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce, isAmong, writeOnce } from "./prepare.ts";
import { successor, successorColumns } from "./people.ts";
import { conversation, conversationAlias, formerMember, member, reader } from "./schema/conversations.ts";
import { person } from "./schema/people.ts";

export type ConversationRow = typeof conversation.$inferSelect;
export type MemberRow = typeof member.$inferSelect;

const locked = buildOnce((db) =>
  db
    .select()
    .from(conversation)
    .where(isAmong(conversation.id, "ids"))
    .orderBy(asc(conversation.id))
    .for("no key update")
    .prepare("lock_conversations"),
);

/** Locks conversations, in the order of their ids so that no two writers wait for each other. Always first. */
export async function lockConversations(
  tx: Transaction,
  ids: readonly ConversationId[],
): Promise<ConversationRow[]> {
  return await locked(tx).execute({ ids });
}

export async function findConversation(q: Queryable, id: ConversationId): Promise<ConversationRow | null> {
  const rows = await q.select().from(conversation).where(eq(conversation.id, id));
  return rows[0] ?? null;
}

/** Everybody in these conversations, with who they are, in the order in which they are shown. */
export async function findMembers(q: Queryable, ids: readonly ConversationId[]) {
  return await q
    .select({ member, person, successor: successorColumns })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(inArray(member.conversationId, [...ids]))
    .orderBy(asc(member.conversationId), asc(member.rank));
}

const participants = buildOnce((db) =>
  db
    .select({
      conversationId: member.conversationId,
      state: member.state,
      role: member.role,
      number: member.number,
      movedTo: person.movedTo,
      person: {
        id: person.id,
        handle: person.handle,
        host: person.host,
        formerHandle: person.formerHandle,
      },
    })
    .from(member)
    .innerJoin(person, eq(person.id, member.personId))
    .where(isAmong(member.conversationId, "ids"))
    .orderBy(asc(member.conversationId), asc(member.rank))
    .prepare("participants"),
);

/** The same, only as far as who is told of a change must be known. */
export async function findParticipants(q: Queryable, ids: readonly ConversationId[]) {
  return await participants(q).execute({ ids });
}

/** In which conversations which of these people are or were. */
export async function findMemberships(q: Queryable, people: readonly PersonId[]) {
  const of = (table: typeof member | typeof formerMember) =>
    q
      .select({ conversationId: table.conversationId, personId: table.personId })
      .from(table)
      .where(inArray(table.personId, [...people]));
  const all = of(member).union(of(formerMember)).as("all");
  return await q.select().from(all).orderBy(asc(all.conversationId), asc(all.personId));
}

/** How many people are in a conversation, and how many would be of other servers with some more. */
export async function countPresent(
  q: Queryable,
  conversationId: ConversationId,
  more: readonly PersonId[],
): Promise<{ present: number; elsewhere: number }> {
  const members = q
    .select({ id: member.personId })
    .from(member)
    .where(eq(member.conversationId, conversationId));
  const isRemote = isNotNull(person.host);
  const isAnyOf = or(inArray(person.id, members), inArray(person.id, [...more]));
  const [present, elsewhere] = await Promise.all([
    q.$count(member, eq(member.conversationId, conversationId)),
    q.$count(person, and(isAnyOf, isRemote)),
  ]);
  return { present, elsewhere };
}

export async function findMember(q: Queryable, conversationId: ConversationId, personId: PersonId) {
  const where = and(eq(member.conversationId, conversationId), eq(member.personId, personId));
  const rows = await q.select().from(member).where(where);
  return rows[0] ?? null;
}

/** Inserts the one untitled conversation of a set of people; null when another transaction was first. */
export async function insertConversation(tx: Transaction, row: typeof conversation.$inferInsert) {
  const rows = await tx.insert(conversation).values(row).onConflictDoNothing().returning();
  return rows[0] ?? null;
}

export async function insertMembers(
  tx: Transaction,
  rows: (typeof member.$inferInsert)[],
): Promise<MemberRow[]> {
  return await tx.insert(member).values(rows).returning();
}

export async function findByParticipants(
  q: Queryable,
  participants: string,
): Promise<ConversationRow | null> {
  const rows = await q.select().from(conversation).where(eq(conversation.participants, participants));
  return rows[0] ?? null;
}

const idsByAlias = buildOnce((db) => {
  const isTheirs = and(
    eq(reader.conversationId, conversationAlias.conversationId),
    eq(reader.personId, sql.placeholder("personId")),
  );
  return db
    .selectDistinct({ id: conversationAlias.conversationId })
    .from(conversationAlias)
    .innerJoin(reader, isTheirs)
    .where(isAmong(conversationAlias.uri, "uris"))
    .prepare("ids_by_alias");
});

/** Conversations of a person, those they went from too, that are known to other servers by one of these names; those of others bear any name. */
export async function findIdsByAlias(
  q: Queryable,
  personId: PersonId,
  uris: readonly string[],
): Promise<ConversationId[]> {
  if (uris.length === 0) return [];
  const rows = await idsByAlias(q).execute({ personId, uris });
  return rows.map(({ id }) => id);
}

const newAliases = writeOnce(
  () => sql`
  insert into conversation_alias (conversation_id, uri)
  select id, uri from unnest(${sql.placeholder("ids")}::uuid[], ${sql.placeholder("uris")}::text[]) as given (id, uri)
  where not exists (
    select from conversation_alias a join conversation c on c.id = a.conversation_id
    where a.uri = given.uri and c.kind = 'group' and c.id <> given.id
  )
  on conflict do nothing`,
);

/** Notes by which names other servers call conversations. */
export async function insertAliases(
  q: Queryable,
  rows: readonly { id: ConversationId; uri: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await newAliases(q).execute({ ids: rows.map(({ id }) => id), uris: rows.map(({ uri }) => uri) });
}

/** Who of `others` shares a conversation with `personId` that `personId` has accepted. */
export async function findAcquainted(q: Queryable, personId: PersonId, others: readonly PersonId[]) {
  const mine = q
    .select({ id: member.conversationId })
    .from(member)
    .where(and(eq(member.personId, personId), eq(member.state, "accepted")));
  const rows = await q
    .selectDistinct({ id: member.personId })
    .from(member)
    .where(and(inArray(member.personId, [...others]), inArray(member.conversationId, mine)));
  return rows.map(({ id }) => id);
}

/** Those of these conversations that consist of two people, one of whom has not answered the other's request. */
export async function findRequestsOfTwo(q: Queryable, personId: PersonId, ids: readonly ConversationId[]) {
  if (ids.length === 0) return [];
  const isAsked = sql`${member.personId} = ${personId} and ${member.state} = 'request'`;
  const rows = await q
    .select({ id: member.conversationId })
    .from(member)
    .where(inArray(member.conversationId, [...ids]))
    .groupBy(member.conversationId)
    .having(sql`count(*) = 2 and bool_or(${isAsked})`)
    .orderBy(asc(member.conversationId));
  return rows.map(({ id }) => id);
}

export interface Bump {
  id: ConversationId;
  revision: number;
  position: number;
  logSeq: number;
  /** Set when something was posted. */
  activityAt: Date | null;
}

/** Moves conversations to their new numbers, as a statement or the end of one. */
export const bumping = sql`
  update conversation set
    revision = bump.revision, position = bump.position, log_seq = bump.log_seq, changed_xid = pg_current_xact_id(),
    activity_at = greatest(bump.activity_at::timestamptz, conversation.activity_at)
  from unnest(
    ${sql.placeholder("ids")}::uuid[], ${sql.placeholder("revisions")}::bigint[],
    ${sql.placeholder("positions")}::bigint[], ${sql.placeholder("seqs")}::bigint[],
    ${sql.placeholder("activities")}::text[]
  ) as bump (id, revision, position, log_seq, activity_at)
  where conversation.id = bump.id`;

/** What takes the places of its placeholders. */
export function bumpValues(bumps: readonly Bump[]) {
  return {
    ids: bumps.map(({ id }) => id),
    revisions: bumps.map(({ revision }) => revision),
    positions: bumps.map(({ position }) => position),
    seqs: bumps.map(({ logSeq }) => logSeq),
    activities: bumps.map(({ activityAt }) => activityAt?.toISOString() ?? null),
  };
}

const bump = writeOnce(() => bumping);

/** Moves locked conversations to their new numbers, in one statement. */
export async function bumpConversations(tx: Transaction, bumps: readonly Bump[]): Promise<void> {
  await bump(tx).execute(bumpValues(bumps));
}
