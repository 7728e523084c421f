import { and, asc, eq } from "drizzle-orm";
import type { Queryable } from "#db/connect.ts";
import { activity, delivery } from "#db/schema/federation.ts";
import type { ActivityId } from "#lib/ids.ts";

/** The activities of a type that go, or went, to a server, oldest first. */
export async function deliveredTo(
  db: Queryable,
  host: string,
  type: (typeof activity.$inferSelect)["type"],
): Promise<ActivityId[]> {
  const rows = await db
    .select({ id: activity.id })
    .from(delivery)
    .innerJoin(activity, eq(activity.id, delivery.activityId))
    .where(and(eq(delivery.host, host), eq(activity.type, type)))
    .orderBy(asc(delivery.id));
  return rows.map(({ id }) => id);
}
