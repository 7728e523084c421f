import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { account, heldHandle } from "./schema/accounts.ts";
import { member } from "./schema/conversations.ts";
import { departure } from "./schema/endings.ts";
import { activity } from "./schema/federation.ts";
import { person, signingKey } from "./schema/people.ts";

/** Notes when an account ends; null for one that is kept. Answers whether it was otherwise before. */
export async function setEnding(tx: Transaction, personId: PersonId, endsAt: Date | null): Promise<boolean> {
  const isOther = sql`${account.endsAt} is distinct from ${endsAt?.toISOString() ?? null}::timestamptz`;
  const rows = await tx
    .update(account)
    .set({ endsAt })
    .where(and(eq(account.personId, personId), isOther))
    .returning({ personId: account.personId });
  return rows.length > 0;
}

/** Whose accounts end by `now`, the first to end first. */
export async function findDueEndings(q: Queryable, now: Date, limit: number): Promise<PersonId[]> {
  const rows = await q
    .select({ id: account.personId })
    .from(account)
    .innerJoin(person, eq(person.id, account.personId))
    .where(and(lte(account.endsAt, now), ne(person.state, "deleted")))
    .orderBy(asc(account.endsAt))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Ends an account that is due; answers false when its owner kept it. Its person must be locked. */
export async function deleteDueAccount(tx: Transaction, personId: PersonId, now: Date): Promise<boolean> {
  const rows = await tx
    .delete(account)
    .where(and(eq(account.personId, personId), lte(account.endsAt, now)))
    .returning({ personId: account.personId });
  return rows.length > 0;
}

/** Holds every handle that somebody has or had, for ever. */
export async function holdHandles(
  tx: Transaction,
  { personId, handle, now }: { personId: PersonId; handle: string; now: Date },
): Promise<void> {
  await tx.update(heldHandle).set({ until: null }).where(eq(heldHandle.personId, personId));
  await tx
    .insert(heldHandle)
    .values({ handle: handle.toLowerCase(), personId, until: null, createdAt: now })
    .onConflictDoUpdate({ target: heldHandle.handle, set: { personId, until: null } });
}

/** Notes that something of somebody is left to be taken away; with `askAt`, once there is no doubt any more. */
export async function insertDeparture(
  tx: Transaction,
  row: { personId: PersonId; goneAt: Date; askAt?: Date | null },
): Promise<void> {
  await tx.insert(departure).values(row).onConflictDoNothing();
}

/** Takes back a departure that is in doubt; answers whether there was one. */
export async function deleteDoubt(tx: Transaction, personId: PersonId): Promise<boolean> {
  const isDoubt = and(eq(departure.personId, personId), isNotNull(departure.askAt));
  const rows = await tx.delete(departure).where(isDoubt).returning({ id: departure.personId });
  return rows.length > 0;
}

/** The actor of another server whose departure has been in doubt for longest and is due; it is due again at `askAt`. */
export async function takeDueDoubt(
  q: Queryable,
  { now, askAt }: { now: Date; askAt: Date },
): Promise<string | null> {
  const due = q
    .select({ id: departure.personId })
    .from(departure)
    .where(lte(departure.askAt, now))
    .orderBy(asc(departure.askAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const rows = await q
    .update(departure)
    .set({ askAt })
    .from(person)
    .where(and(inArray(departure.personId, due), eq(person.id, departure.personId)))
    .returning({ uri: person.uri });
  return rows[0]?.uri ?? null;
}

/** Takes the oldest departure that is in no doubt and at which nobody is; whoever dies over it loses it. */
export async function claimDeparture(
  q: Queryable,
  { now, leaseUntil }: { now: Date; leaseUntil: Date },
): Promise<PersonId | null> {
  const free = q
    .select({ id: departure.personId })
    .from(departure)
    .where(and(isNull(departure.askAt), or(isNull(departure.leaseUntil), lte(departure.leaseUntil, now))))
    .orderBy(asc(departure.goneAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const rows = await q
    .update(departure)
    .set({ leaseUntil })
    .where(inArray(departure.personId, free))
    .returning({ id: departure.personId });
  return rows[0]?.id ?? null;
}

export async function renewDeparture(q: Queryable, personId: PersonId, leaseUntil: Date): Promise<void> {
  await q.update(departure).set({ leaseUntil }).where(eq(departure.personId, personId));
}

export async function deleteDeparture(q: Queryable, personId: PersonId): Promise<void> {
  await q.delete(departure).where(eq(departure.personId, personId));
}

/** Nobody sees any more how far somebody has read. Their conversations must be locked. */
export async function hideReadMarks(tx: Transaction, personId: PersonId): Promise<void> {
  await tx.update(member).set({ shownPosition: 0 }).where(eq(member.personId, personId));
}

/** Those who are gone and still have keys, although nothing waits any more that they have to sign. */
export async function findIdleKeys(q: Queryable): Promise<PersonId[]> {
  const rows = await q.execute<{ id: PersonId }>(sql`
    select p.id from person p
    where p.host is null and p.state = 'deleted' and exists (select from signing_key k where k.person_id = p.id)
      and not exists (select from departure d where d.person_id = p.id)
      and not exists (select from delivery d where d.author_id = p.id and d.state = 'waiting')`);
  return rows.map(({ id }) => id);
}

/** Destroys people's keys, and what was written for them to sign. */
export async function deleteKeys(tx: Transaction, people: readonly PersonId[]): Promise<void> {
  const isTheirs = and(inArray(activity.actorId, people), isNotNull(activity.body));
  await tx.update(activity).set({ body: null, quotedBody: null }).where(isTheirs);
  await tx.delete(signingKey).where(inArray(signingKey.personId, people));
}
