import type { Context } from "#domain/context.ts";
import type { OutgoingActivity } from "#domain/outgoing/types.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { describeActor } from "./actors.ts";
import { translateActivity } from "./translate/activity-out.ts";

/** Says one activity of ours as it is sent: whoever tells that they are seen otherwise encloses what they are now. */
export async function sayActivity(ctx: Context, outgoing: OutgoingActivity): Promise<JsonObject> {
  const said = translateActivity(ctx.settings, outgoing);
  if (outgoing.type !== "UpdatePerson") return said;
  const { "@context": terms = said["@context"]!, ...object } = await describeActor(ctx, outgoing.actor);
  return { ...said, "@context": terms, object };
}
