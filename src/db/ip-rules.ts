import { asc, eq, lt } from "drizzle-orm";
import type { Id } from "#lib/ids.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { ipRule } from "./schema/rules.ts";

export type IpRuleRow = typeof ipRule.$inferSelect;

/** Everything that was decided about networks, oldest first. */
export async function findIpRules(q: Queryable): Promise<IpRuleRow[]> {
  return await q.select().from(ipRule).orderBy(asc(ipRule.id));
}

export async function insertIpRule(tx: Transaction, row: IpRuleRow): Promise<void> {
  await tx.insert(ipRule).values(row);
}

/** Takes a rule back; null when there is none. */
export async function deleteIpRule(tx: Transaction, id: Id<"ip-rule">): Promise<IpRuleRow | null> {
  const rows = await tx.delete(ipRule).where(eq(ipRule.id, id)).returning();
  return rows[0] ?? null;
}

export async function deleteExpiredIpRules(q: Queryable, before: Date): Promise<void> {
  await q.delete(ipRule).where(lt(ipRule.expiresAt, before));
}
