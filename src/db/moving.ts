import { and, asc, desc, eq, or, isNotNull, sql, type SQL } from "drizzle-orm";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { areSevered, type RelationRow } from "./relations.ts";
import { person, personAlias, relation } from "./schema/people.ts";

export interface Alias {
  personId: PersonId;
  otherId: PersonId;
}

/** Who somebody of this server says they are, too; the latest first. */
export async function findAliases(q: Queryable, personId: PersonId) {
  const rows = await q
    .select({ person })
    .from(personAlias)
    .innerJoin(person, eq(person.id, personAlias.otherId))
    .where(eq(personAlias.personId, personId))
    .orderBy(desc(personAlias.createdAt), asc(person.id));
  return rows.map((row) => row.person);
}

/** Whether somebody of this server says that they are another, too. */
export async function isAlias(q: Queryable, alias: Alias): Promise<boolean> {
  const rows = await q.select({ id: personAlias.otherId }).from(personAlias).where(isThat(alias));
  return rows.length > 0;
}

/** Answers whether it is new. */
export async function insertAlias(q: Queryable, row: Alias & { createdAt: Date }): Promise<boolean> {
  const rows = await q.insert(personAlias).values(row).onConflictDoNothing().returning();
  return rows.length > 0;
}

export async function deleteAlias(q: Queryable, alias: Alias): Promise<boolean> {
  const rows = await q.delete(personAlias).where(isThat(alias)).returning();
  return rows.length > 0;
}

function isThat({ personId, otherId }: Alias) {
  return and(eq(personAlias.personId, personId), eq(personAlias.otherId, otherId));
}

/** Two accounts of the same person. */
export interface Succession {
  fromId: PersonId;
  toId: PersonId;
}

/** What somebody of another server has accepted shows only by what they did there themselves: their row always says so. */
const hasShown = (side: SQL) => sql`
  (exists (select from ${person} p where p.id = ${side}.person_id and p.host is null)
    or exists (select from message m where m.conversation_id = c.id and m.author_id = ${side}.person_id))`;

/** Between whom something was accepted by both, in an untitled conversation of two. */
const contacts = (personId: PersonId) => sql`
  select theirs.person_id as id from member own
  join conversation c on c.id = own.conversation_id and c.kind = 'direct'
  join member theirs on theirs.conversation_id = own.conversation_id and theirs.person_id <> own.person_id
  where own.person_id = ${personId} and own.state = 'accepted' and theirs.state = 'accepted' and c.position > 0
    and ${hasShown(sql`own`)} and ${hasShown(sql`theirs`)}
    and (select count(*) from member every where every.conversation_id = c.id) = 2`;

/**
 * The contacts of the one account that this server carries over to the other: one of each pair lives here, neither blocks
 * either account, and they were not told yet.
 */
export async function findContactsToCarry(q: Queryable, { fromId, toId }: Succession): Promise<PersonId[]> {
  const told = sql`select from message m join member one on one.conversation_id = m.conversation_id and one.person_id = p.id
    where m.author_id = ${toId} and m.notice ->> 'type' = 'moved' and m.notice -> 'personIds' ? ${fromId}::text
      and exists (select from conversation c where c.id = m.conversation_id and c.kind = 'direct')`;
  const rows = await q.execute<{ id: PersonId }>(sql`
    select p.id from ${person} p
    where p.id in (${contacts(fromId)}) and p.id <> ${toId} and p.state = 'active'
      and (p.host is null or exists (select from ${person} t where t.id = ${toId} and t.host is null))
      and not ${areSevered(sql`p.id`, sql`${fromId}::uuid`)} and not ${areSevered(sql`p.id`, sql`${toId}::uuid`)}
      and not exists (${told})
    order by p.id`);
  return rows.map(({ id }) => id);
}

/** Whom somebody of this server knows: who has accepted to talk with them, as they have. */
export async function findContacts(q: Queryable, personId: PersonId): Promise<PersonId[]> {
  const rows = await q.execute<{ id: PersonId }>(
    sql`select id from (${contacts(personId)}) as met order by id`,
  );
  return rows.map(({ id }) => id);
}

/** Whether two have accepted to talk with each other. */
export async function areContacts(q: Queryable, personId: PersonId, otherId: PersonId): Promise<boolean> {
  const rows = await q.execute(sql`select id from (${contacts(personId)}) as met where id = ${otherId}`);
  return rows.length > 0;
}

/** The groups in which somebody is; `kept`: only those that this server keeps and that are not closed. */
export async function findGroupsOf(
  q: Queryable,
  personId: PersonId,
  { kept }: { kept: boolean },
): Promise<{ id: ConversationId; uri: string | null; keeperId: PersonId }[]> {
  const which = kept ? sql`and c.uri is null and c.state <> 'closed'` : sql``;
  return [
    ...(await q.execute<{ id: ConversationId; uri: string | null; keeperId: PersonId }>(sql`
      select c.id, c.uri, c.keeper_id as "keeperId" from conversation c join member m on m.conversation_id = c.id
      where m.person_id = ${personId} and c.kind = 'group' and c.keeper_id is not null ${which} order by c.id`)),
  ];
}

/** Whether it stands in a conversation that somebody goes on there as another. */
export async function isMoveTold(
  q: Queryable,
  conversationId: ConversationId,
  { fromId, toId }: Succession,
): Promise<boolean> {
  const [row] = await q.execute<{ told: boolean }>(sql`
    select exists (
      select from message where conversation_id = ${conversationId} and author_id = ${toId}
        and notice ->> 'type' = 'moved' and notice -> 'personIds' ? ${fromId}::text) as told`);
  return row?.told ?? false;
}

/** Every block and every mute that is of somebody or about them. */
export async function findChoicesAbout(q: Queryable, id: PersonId): Promise<RelationRow[]> {
  const stands = or(isNotNull(relation.block), isNotNull(relation.mutedAt));
  return await q
    .select()
    .from(relation)
    .where(and(stands, or(eq(relation.personId, id), eq(relation.otherId, id))));
}

/** Adds blocks and mutes to those that stand already; what stands stays. */
export async function addChoices(tx: Transaction, rows: readonly RelationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(relation)
    .values([...rows])
    .onConflictDoUpdate({
      target: [relation.personId, relation.otherId],
      set: {
        block: sql`coalesce(${relation.block}, excluded.block)`,
        mutedAt: sql`coalesce(${relation.mutedAt}, excluded.muted_at)`,
        mutedUntil: sql`case when ${relation.mutedAt} is null then excluded.muted_until else ${relation.mutedUntil} end`,
        number: sql`excluded.number`,
      },
    });
}
