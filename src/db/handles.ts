import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { BATCH, inBatches } from "./in-batches.ts";
import { heldHandle } from "./schema/accounts.ts";
import { person } from "./schema/people.ts";

type HeldHandleRow = typeof heldHandle.$inferSelect;

/** For whom a handle is held back: its owner has another one now, or is gone. */
export async function findHolder(q: Queryable, handle: string): Promise<PersonId | null> {
  const rows = await q.select().from(heldHandle).where(eq(heldHandle.handle, handle));
  return rows[0]?.personId ?? null;
}

/** Whether a handle is held back for whomever. */
export async function isHandleHeld(q: Queryable, handle: string): Promise<boolean> {
  return (await findHolder(q, handle)) !== null;
}

/** The former handles that still lead to somebody, the one that ends first before the others. */
export async function findHeldHandles(q: Queryable, personId: PersonId, now: Date) {
  const rows = await q
    .select({ handle: heldHandle.handle, until: sql<Date>`${heldHandle.until}`.mapWith(heldHandle.until) })
    .from(heldHandle)
    .where(and(eq(heldHandle.personId, personId), gt(heldHandle.until, now)))
    .orderBy(asc(heldHandle.until), asc(heldHandle.handle));
  return rows;
}

/** Holds a handle back; one that its owner had before is held for longer. */
export async function holdHandle(tx: Transaction, row: HeldHandleRow): Promise<void> {
  await tx.insert(heldHandle).values(row).onConflictDoUpdate({ target: heldHandle.handle, set: row });
}

/** Gives its owner a handle back that was held for them. */
export async function releaseHandle(tx: Transaction, held: { handle: string; personId: PersonId }) {
  const isTheirs = and(eq(heldHandle.handle, held.handle), eq(heldHandle.personId, held.personId));
  await tx.delete(heldHandle).where(isTheirs);
}

/** Lets go of handles that were held until before `now`; those of people who are gone stay. */
export async function deleteExpiredHandles(q: Queryable, now: Date): Promise<void> {
  await inBatches(
    q,
    sql`
    delete from held_handle where handle in (
      select handle from held_handle where until < ${now.toISOString()} limit ${BATCH}
    )`,
  );
}

/** Whether somebody of this server has a handle, whatever became of them, or it is held back. */
export async function isHandleKnown(q: Queryable, handle: string): Promise<boolean> {
  const isTheirs = and(isNull(person.host), sql`lower(${person.handle}) = ${handle}`);
  const rows = await q.select({ id: person.id }).from(person).where(isTheirs);
  return rows.length > 0 || (await isHandleHeld(q, handle));
}
