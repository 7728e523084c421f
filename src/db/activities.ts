import { and, desc, eq, inArray } from "drizzle-orm";
import type { ActivityId, MessageId } from "#lib/ids.ts";
import type { Queryable } from "./connect.ts";
import { activity } from "./schema/federation.ts";

/** The id of an activity, or of the newest one about a message; null when other servers were never told of it. */
export async function findActivityId(
  q: Queryable,
  by: { activityId: ActivityId } | { messageId: MessageId },
): Promise<ActivityId | null> {
  const where =
    "activityId" in by
      ? eq(activity.id, by.activityId)
      : and(eq(activity.messageId, by.messageId), inArray(activity.type, ["Create", "Update", "Delete"]));
  const newest = [desc(activity.createdAt), desc(activity.id)];
  const rows = await q
    .select({ id: activity.id })
    .from(activity)
    .where(where)
    .orderBy(...newest)
    .limit(1);
  return rows[0]?.id ?? null;
}
