import { and, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import type { PersonId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { ticket } from "./schema/accounts.ts";

export type TicketRow = typeof ticket.$inferSelect;

/** Which ticket, and when: one that has run out is none. */
export interface OfTicket {
  hash: Uint8Array;
  purpose: TicketRow["purpose"];
  now: Date;
}

export async function insertTicket(q: Queryable, row: typeof ticket.$inferInsert): Promise<void> {
  await q.insert(ticket).values(row);
}

/** A ticket that still holds; within a transaction nobody else reads or counts it until that ends. */
export async function findTicket(q: Queryable, of: OfTicket): Promise<TicketRow | null> {
  const rows = await q.select().from(ticket).where(holds(of)).for("update");
  return rows[0] ?? null;
}

/** Uses a ticket up: of two who bring it at once, one gets it. */
export async function deleteTicket(q: Queryable, of: OfTicket): Promise<TicketRow | null> {
  const rows = await q.delete(ticket).where(holds(of)).returning();
  return rows[0] ?? null;
}

/** Counts a wrong answer; the ticket is gone with the last that it allows. */
export async function countMiss(q: Queryable, of: OfTicket, most: number): Promise<void> {
  const attempts = sql`${ticket.attempts} + 1`;
  const rows = await q
    .update(ticket)
    .set({ attempts })
    .where(holds(of))
    .returning({ attempts: ticket.attempts });
  if ((rows[0]?.attempts ?? 0) >= most) await deleteTicket(q, of);
}

/** The one of somebody's tickets for a purpose that lasts longest. */
export async function findOpenTicket(
  q: Queryable,
  { personId, purpose, now }: { personId: PersonId } & Pick<OfTicket, "purpose" | "now">,
): Promise<TicketRow | null> {
  const isTheirs = and(eq(ticket.personId, personId), eq(ticket.purpose, purpose), gt(ticket.expiresAt, now));
  const rows = await q.select().from(ticket).where(isTheirs).orderBy(desc(ticket.expiresAt)).limit(1);
  return rows[0] ?? null;
}

/** Takes back what somebody has begun for some purposes. */
export async function deleteTicketsFor(
  q: Queryable,
  { personId, purposes }: { personId: PersonId; purposes: readonly OfTicket["purpose"][] },
): Promise<void> {
  await q.delete(ticket).where(and(eq(ticket.personId, personId), inArray(ticket.purpose, purposes)));
}

/** Whatever somebody has begun. */
export async function deleteTicketsOf(q: Queryable, personId: PersonId): Promise<void> {
  await q.delete(ticket).where(eq(ticket.personId, personId));
}

export async function deleteExpiredTickets(q: Queryable, before: Date): Promise<void> {
  await q.delete(ticket).where(lt(ticket.expiresAt, before));
}

function holds({ hash, purpose, now }: OfTicket) {
  return and(eq(ticket.hash, hash), eq(ticket.purpose, purpose), gt(ticket.expiresAt, now));
}
