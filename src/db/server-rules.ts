import { asc, eq, sql } from "drizzle-orm";
import type { Queryable, Transaction } from "./connect.ts";
import { lane, peer, serverRule } from "./schema/federation.ts";

export type ServerRuleRow = typeof serverRule.$inferSelect;

/** What the operator decided about other servers, by name. */
export async function findServerRules(q: Queryable): Promise<ServerRuleRow[]> {
  return await q.select().from(serverRule).orderBy(asc(serverRule.host));
}

/** Decides about a server, in the place of what was decided before. */
export async function upsertServerRule(tx: Transaction, row: ServerRuleRow): Promise<void> {
  await tx.insert(serverRule).values(row).onConflictDoUpdate({ target: serverRule.host, set: row });
}

/** Takes a decision back; answers false when there was none. */
export async function deleteServerRule(tx: Transaction, host: string): Promise<boolean> {
  const rows = await tx.delete(serverRule).where(eq(serverRule.host, host)).returning();
  return rows.length === 1;
}

/** Makes whatever waits for a server, or for one below its name, due at once: so that it ends, or goes on. */
export async function hastenServer(tx: Transaction, host: string): Promise<void> {
  const isThere = (column: typeof lane.host | typeof peer.host) =>
    sql`(${column} = ${host} or right(${column}, ${host.length + 1}) = ${`.${host}`})`;
  await tx
    .update(lane)
    .set({ nextAttemptAt: new Date(0) })
    .where(sql`${lane.nextAttemptAt} is not null and ${isThere(lane.host)}`);
  await tx.update(peer).set({ closedUntil: null }).where(isThere(peer.host));
}
