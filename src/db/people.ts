import { and, asc, desc, eq, gt, inArray, isNull, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { buildOnce, isAmong } from "./prepare.ts";
import { heldHandle } from "./schema/accounts.ts";
import { person, signingKey } from "./schema/people.ts";

export type PersonRow = typeof person.$inferSelect;
export type NewPerson = typeof person.$inferInsert;

/** After which of a person's own numbers to look, and how many rows at most. */
export interface Since {
  after: number;
  limit: number;
}

/** The person whom a moved one has become, to be joined by `movedTo`. */
export const successor = alias(person, "successor");
export const successorColumns = { handle: successor.handle, host: successor.host };

/** A person of this server who may act. */
export const isActiveLocal = and(isNull(person.host), eq(person.state, "active"));

/** Inserts a person of this server; null when the handle is taken (letters' case aside). */
export async function insertLocalPerson(q: Queryable, row: NewPerson): Promise<PersonRow | null> {
  const rows = await q.insert(person).values(row).onConflictDoNothing().returning();
  return rows[0] ?? null;
}

/** Inserts other servers' actors, in one order; known ones stay as they are. Answers them all. */
export async function insertRemotePeople(
  q: Queryable,
  rows: readonly (NewPerson & { uri: string })[],
): Promise<PersonRow[]> {
  if (rows.length === 0) return [];
  const sorted = rows.toSorted((one, other) => (one.uri < other.uri ? -1 : 1));
  await q.insert(person).values(sorted).onConflictDoNothing();
  const uris = rows.map(({ uri }) => uri);
  return await findRemotePeopleByUris(q, uris);
}

/** Inserts another server's actor, or brings the known one up to date; its id stays. Whoever was deleted is back. */
export async function upsertRemotePerson(q: Queryable, row: NewPerson & { uri: string }): Promise<PersonRow> {
  const { handle, host, kind, name, profileUrl, inbox, sharedInbox, signals, fetchedAt } = row;
  const { formerHandle, renamedAt } = row;
  const state = sql`case when ${person.state} = 'deleted' then 'active' else ${person.state} end`;
  const about = {
    handle,
    host,
    kind,
    name,
    profileUrl,
    inbox,
    sharedInbox: sharedInbox ?? null,
    signals: signals ?? null,
    formerHandle,
    renamedAt,
  };
  const set = { ...about, fetchedAt, state };
  const rows = await q.insert(person).values(row).onConflictDoUpdate({ target: person.uri, set }).returning();
  return rows[0]!;
}

/** Leaves only the address of somebody. */
export async function buryPerson(q: Queryable, id: PersonId): Promise<void> {
  const gone = {
    state: "deleted",
    name: "",
    profileUrl: null,
    sharedInbox: null,
    signals: null,
    formerHandle: null,
    renamedAt: null,
  } as const;
  await q.update(person).set(gone).where(eq(person.id, id));
}

/** Nothing is known any more of whom somebody has become, nor of who has become them. */
export async function forgetMoves(q: Queryable, id: PersonId): Promise<void> {
  await q
    .update(person)
    .set({ movedTo: null, movedAt: null })
    .where(or(eq(person.id, id), eq(person.movedTo, id)));
}

export async function setMoved(
  q: Queryable,
  id: PersonId,
  move: { movedTo: PersonId | null; movedAt?: Date },
): Promise<void> {
  await q.update(person).set(move).where(eq(person.id, id));
}

/** Who said that they have become this person. */
export async function findPredecessors(q: Queryable, id: PersonId): Promise<PersonId[]> {
  const rows = await q.select({ id: person.id }).from(person).where(eq(person.movedTo, id));
  return rows.map((row) => row.id);
}

/** Somebody as others see them: with the person whom they have become, if they moved. */
export interface KnownPerson {
  person: PersonRow;
  successor: Pick<PersonRow, "handle" | "host"> | null;
}

export async function findKnownPerson(q: Queryable, id: PersonId): Promise<KnownPerson | null> {
  const rows = await q
    .select({ person, successor: successorColumns })
    .from(person)
    .leftJoin(successor, eq(successor.id, person.movedTo))
    .where(eq(person.id, id));
  return rows[0] ?? null;
}

export async function insertSigningKeys(
  q: Queryable,
  rows: (typeof signingKey.$inferInsert)[],
): Promise<void> {
  await q.insert(signingKey).values(rows).onConflictDoNothing();
}

export async function findSigningKeyRow(q: Queryable, personId: PersonId, algorithm: "rsa" | "ed25519") {
  const where = and(eq(signingKey.personId, personId), eq(signingKey.algorithm, algorithm));
  const rows = await q.select().from(signingKey).where(where);
  return rows[0] ?? null;
}

export async function findPersonById(q: Queryable, id: PersonId): Promise<PersonRow | null> {
  const rows = await q.select().from(person).where(eq(person.id, id));
  return rows[0] ?? null;
}

const byIds = buildOnce((db) => db.select().from(person).where(isAmong(person.id, "ids")).prepare("people"));

export async function findPeopleByIds(q: Queryable, ids: readonly PersonId[]): Promise<PersonRow[]> {
  return ids.length === 0 ? [] : await byIds(q).execute({ ids });
}

export async function findRemotePersonByUri(q: Queryable, uri: string): Promise<PersonRow | null> {
  const [row] = await findRemotePeopleByUris(q, [uri]);
  return row ?? null;
}

const byUris = buildOnce((db) =>
  db.select().from(person).where(isAmong(person.uri, "uris")).prepare("remote_people"),
);

export async function findRemotePeopleByUris(q: Queryable, uris: readonly string[]): Promise<PersonRow[]> {
  return uris.length === 0 ? [] : await byUris(q).execute({ uris });
}

const localById = buildOnce((db) =>
  db
    .select()
    .from(person)
    .where(and(isActiveLocal, eq(person.id, sql.placeholder("id"))))
    .prepare("local_person"),
);

export async function findActiveLocalById(q: Queryable, id: PersonId): Promise<PersonRow | null> {
  const rows = await localById(q).execute({ id });
  return rows[0] ?? null;
}

export async function findActiveLocalByHandle(q: Queryable, handle: string): Promise<PersonRow | null> {
  const isTheirs = sql`lower(${person.handle}) = lower(${handle})`;
  const rows = await q.select().from(person).where(and(isActiveLocal, isTheirs));
  return rows[0] ?? null;
}

/** The active person of this server whose handle this was, as long as it still leads to them. */
export async function findActiveLocalByHeldHandle(
  q: Queryable,
  { handle, now }: { handle: string; now: Date },
): Promise<PersonRow | null> {
  const rows = await q
    .select({ person })
    .from(heldHandle)
    .innerJoin(person, eq(person.id, heldHandle.personId))
    .where(and(isActiveLocal, sql`${heldHandle.handle} = lower(${handle})`, gt(heldHandle.until, now)));
  return rows[0]?.person ?? null;
}

/** The actor of another server that was called so before, and was renamed after `since`; the last one, of several. */
export async function findRemoteByFormerHandle(
  q: Queryable,
  { handle, host, since }: { handle: string; host: string; since: Date },
): Promise<PersonRow | null> {
  const wasTheirs = sql`lower(${person.formerHandle}) = lower(${handle})`;
  const rows = await q
    .select()
    .from(person)
    .where(and(eq(person.host, host), eq(person.state, "active"), wasTheirs, gt(person.renamedAt, since)))
    .orderBy(desc(person.renamedAt))
    .limit(1);
  return rows[0] ?? null;
}

/** Gives somebody of this server another handle. Throws a unique violation where somebody else has it. */
export async function setHandle(
  tx: Transaction,
  id: PersonId,
  set: Pick<PersonRow, "handle" | "formerHandle" | "renamedAt">,
): Promise<void> {
  await tx.update(person).set(set).where(eq(person.id, id));
}

/** Notes the own number at which others began to see somebody otherwise. */
export async function setProfileNumber(tx: Transaction, id: PersonId, number: number): Promise<void> {
  await tx.update(person).set({ profileNumber: number }).where(eq(person.id, id));
}

/** Somebody as others see them, if that changed after their own number `after`. */
export async function findProfileSince(q: Queryable, personId: PersonId, { after }: Since) {
  const isNews = and(eq(person.id, personId), gt(person.profileNumber, after));
  const rows = await q.select({ number: person.profileNumber }).from(person).where(isNews);
  return rows;
}

/** Locks people before their numbers are taken one by one: whoever takes those of several does it in this order. */
export async function lockPeople(tx: Transaction, ids: readonly PersonId[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = tx
    .select({ id: person.id })
    .from(person)
    .where(inArray(person.id, [...ids]));
  await rows.orderBy(asc(person.id)).for("no key update");
}

/** Takes one number more of each of several people, who are locked; answers them by person. */
export async function takeNumbers(q: Queryable, ids: readonly PersonId[]): Promise<Map<PersonId, number>> {
  if (ids.length === 0) return new Map();
  const rows = await q
    .update(person)
    .set({ number: sql`${person.number} + 1` })
    .where(inArray(person.id, [...ids]))
    .returning({ id: person.id, number: person.number });
  return new Map(rows.map(({ id, number }) => [id, number]));
}

/** Takes the person's next own numbers and answers the last; the row stays locked until the transaction ends. */
export async function takeNumber(q: Queryable, personId: PersonId, count = 1): Promise<number> {
  const rows = await q
    .update(person)
    .set({ number: sql`${person.number} + ${count}` })
    .where(eq(person.id, personId))
    .returning({ number: person.number });
  return rows[0]!.number;
}

/** The Application actor of this server. */
export async function findInstanceActor(q: Queryable): Promise<PersonRow | null> {
  const where = and(isNull(person.host), eq(person.kind, "application"));
  const rows = await q.select().from(person).where(where).limit(1);
  return rows[0] ?? null;
}
