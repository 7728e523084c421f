import { findActivityId } from "#db/activities.ts";
import type { ActivityId, MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { describeActivity, type OutgoingActivity } from "./lanes.ts";

/**
 * Loads an activity that other servers were told of, or the newest one about a message: what the message is today.
 * Whoever shows it must first hold its audience against the asker. Refuses what never left this server.
 */
export async function readPublished(
  ctx: Context,
  by: { activityId: ActivityId } | { messageId: MessageId },
): Promise<OutgoingActivity> {
  const id = await findActivityId(ctx.db, by);
  if (id === null) throw new Refusal("not_found");
  return await describeActivity(ctx, id);
}
