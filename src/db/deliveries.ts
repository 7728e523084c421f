import { and, asc, eq, inArray, or, sql } from "drizzle-orm";
import type { Transaction } from "./connect.ts";
import { delivery } from "./schema/federation.ts";

export type DeliveryRow = typeof delivery.$inferSelect;

/** Locks a delivery that still waits; null when somebody settled it meanwhile. */
export async function lockWaiting(tx: Transaction, id: number) {
  const rows = await tx
    .select()
    .from(delivery)
    .where(and(eq(delivery.id, id), eq(delivery.state, "waiting")))
    .for("update");
  return rows[0] ?? null;
}

/** Locks deliveries that wait, or that were cancelled: they may have been under way. */
export async function lockOpen(tx: Transaction, ids: readonly number[]): Promise<DeliveryRow[]> {
  const isCancelled = and(eq(delivery.state, "gave-up"), eq(delivery.reason, "cancelled"));
  const rows = tx
    .select()
    .from(delivery)
    .where(and(inArray(delivery.id, [...ids]), or(eq(delivery.state, "waiting"), isCancelled)));
  return await rows.orderBy(asc(delivery.id)).for("update");
}

/** How a delivery fares from now on. */
export type DeliveryChange = Pick<DeliveryRow, "id" | "state" | "reason" | "number">;

/** Writes down how deliveries fare. */
export async function changeDeliveries(
  tx: Transaction,
  changes: readonly DeliveryChange[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const column = (name: keyof DeliveryChange) => sql.param(changes.map((change) => change[name]));
  await tx.execute(sql`
    update delivery set state = next.state, reason = next.reason, number = next.number, changed_at = ${now.toISOString()}
    from unnest(${column("id")}::bigint[], ${column("state")}::text[], ${column("reason")}::text[],
      ${column("number")}::bigint[]) as next (id, state, reason, number)
    where delivery.id = next.id`);
}

export async function updateDelivery(
  tx: Transaction,
  id: number,
  set: Partial<typeof delivery.$inferInsert>,
) {
  await tx.update(delivery).set(set).where(eq(delivery.id, id));
}
