import { aliasedTable, and, desc, eq, getTableColumns, lt, or, sql } from "drizzle-orm";
import type { AuditAction } from "#lib/audit-action.ts";
import type { Id, PersonId } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { inBatches, BATCH } from "./in-batches.ts";
import { person } from "./schema/people.ts";
import { auditEntry } from "./schema/rules.ts";

const actor = aliasedTable(person, "actor");
/** An entry, and how those are called whom it names. */
const columns = { ...getTableColumns(auditEntry), actorHandle: actor.handle, handle: person.handle };
export type AuditEntryRow = Awaited<ReturnType<typeof findAuditPage>>[number];

/** Which entries are asked for: those before `after`, of one kind, or about one person. */
export interface AuditQuery {
  /** What they did, or what was done about them. */
  personId: PersonId | null;
  action: AuditAction | null;
  after: Id<"audit-entry"> | null;
  limit: number;
}

export async function insertAuditEntry(q: Queryable, row: typeof auditEntry.$inferInsert): Promise<void> {
  await q.insert(auditEntry).values(row);
}

/** A page of entries, newest first. */
export async function findAuditPage(q: Queryable, { personId, action, after, limit }: AuditQuery) {
  const concerns =
    personId === null ? undefined : or(eq(auditEntry.personId, personId), eq(auditEntry.actorId, personId));
  const isOfKind = action === null ? undefined : eq(auditEntry.action, action);
  return await q
    .select(columns)
    .from(auditEntry)
    .leftJoin(actor, eq(actor.id, auditEntry.actorId))
    .leftJoin(person, eq(person.id, auditEntry.personId))
    .where(and(concerns, isOfKind, after === null ? undefined : lt(auditEntry.id, after)))
    .orderBy(desc(auditEntry.id))
    .limit(limit);
}

/** Deletes entries that were made before `before`; the database itself lets go of none that is younger than it wants. */
export async function deleteOldAuditEntries(q: Queryable, before: Date): Promise<void> {
  await inBatches(
    q,
    sql`delete from audit_entry where id in (
      select id from audit_entry where at < least(${before.toISOString()}, now() - interval '360 days') limit ${BATCH})`,
  );
}

/** Of a text: an address that is not cut yet. What is no address at all stays as it is. */
const isWhole = sql`address ~ '^[0-9a-f:.]*[:.][0-9a-f:.]+$'`;
const cut = sql`text(network(set_masklen(address::inet, case family(address::inet) when 4 then 24 else 48 end)))`;

/** Leaves of addresses that were noted before `before` only the network: 24 bits of IPv4, 48 of IPv6. */
export async function cutAddresses(q: Queryable, before: Date): Promise<void> {
  const at = before.toISOString();
  await inBatches(
    q,
    sql`update audit_entry set address = ${cut} where id in (
      select id from audit_entry where at < ${at} and ${isWhole} limit ${BATCH})`,
  );
  await inBatches(
    q,
    sql`update session set address = ${cut} where id in (
      select id from session where coalesce(seen_at, created_at) < ${at} and ${isWhole} limit ${BATCH})`,
  );
}

/** Nothing is known any more of where somebody who is gone was when they did what is noted, nor of what else they were called. */
export async function forgetIdentity(tx: Transaction, personId: PersonId): Promise<void> {
  await tx.update(auditEntry).set({ address: null }).where(eq(auditEntry.actorId, personId));
  const names = and(eq(auditEntry.action, "handle.changed"), eq(auditEntry.personId, personId));
  const isTarget = sql`${auditEntry.details} ->> 'toId' = ${personId}::text`;
  const moves = and(eq(auditEntry.action, "account.moved"), or(eq(auditEntry.personId, personId), isTarget));
  await tx.update(auditEntry).set({ details: {} }).where(or(names, moves));
}
