import { and, eq, sql } from "drizzle-orm";
import type { Queryable, Transaction } from "./connect.ts";
import { receivedActivity, tombstone } from "./schema/federation.ts";

/** Makes whoever else handles this address wait until the transaction ends: a Create and its Delete may race. */
export async function lockUri(tx: Transaction, uri: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${uri}, 0))`);
}

/** Notes the id of an activity for ever; answers false when it was there. */
export async function insertReceived(
  tx: Transaction,
  row: typeof receivedActivity.$inferInsert,
): Promise<boolean> {
  const rows = await tx.insert(receivedActivity).values(row).onConflictDoNothing().returning();
  return rows.length === 1;
}

export async function findReceived(q: Queryable, uri: string) {
  const rows = await q.select().from(receivedActivity).where(eq(receivedActivity.uri, uri));
  return rows[0] ?? null;
}

/** Whether this actor deleted this object before it came. */
export async function findTombstone(q: Queryable, uri: string, actorUri: string): Promise<boolean> {
  const where = and(eq(tombstone.uri, uri), eq(tombstone.actorUri, actorUri));
  const rows = await q.select().from(tombstone).where(where);
  return rows.length === 1;
}

export async function insertTombstone(q: Queryable, row: typeof tombstone.$inferInsert): Promise<void> {
  await q.insert(tombstone).values(row).onConflictDoNothing();
}
