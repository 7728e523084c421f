import { and, eq, lt, ne, notExists, sql } from "drizzle-orm";
import type { Queryable } from "./connect.ts";
import { activity, delivery } from "./schema/federation.ts";
import { idempotencyKey } from "./schema/messages.ts";
import { token } from "./schema/sessions.ts";

/** Deletes tokens that ran out before `before`. */
export async function deleteExpiredTokens(q: Queryable, before: Date): Promise<void> {
  await q.delete(token).where(lt(token.expiresAt, before));
}

/** Deletes idempotency keys made before `before`. */
export async function deleteOldKeys(q: Queryable, before: Date): Promise<void> {
  await q.delete(idempotencyKey).where(lt(idempotencyKey.createdAt, before));
}

/** Deletes deliveries that were settled before `before`, then the activities that nothing refers to any more. */
export async function deleteOldDeliveries(q: Queryable, before: Date): Promise<void> {
  await q.delete(delivery).where(and(ne(delivery.state, "waiting"), lt(delivery.changedAt, before)));
  const referring = q
    .select({ one: sql`1` })
    .from(delivery)
    .where(eq(delivery.activityId, activity.id));
  await q.delete(activity).where(and(lt(activity.createdAt, before), notExists(referring)));
}
