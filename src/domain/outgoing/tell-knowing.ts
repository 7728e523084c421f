import type { Transaction } from "#db/connect.ts";
import { findKnowing } from "#db/knowing.ts";
import { findPeopleByIds } from "#db/people.ts";
import type { ActivityId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { dispatch, type Participant } from "../dispatch.ts";
import { record } from "../transact.ts";

/** What somebody of ours tells of themselves. */
export type OfSelf = { type: "UpdatePerson" | "DeletePerson" } | { type: "Move"; otherId: PersonId };

/**
 * Tells every other server that knows somebody of ours, and the one that they move to, what became of them: once to each, in the order in which it
 * happened, tried for as long as a message is. In the caller's transaction; lock conversations first. Answers the
 * activity's id; null where nobody elsewhere knows them.
 */
export async function tellKnowing(
  ctx: Context,
  tx: Transaction,
  { personId, activity }: { personId: PersonId; activity: OfSelf },
): Promise<ActivityId | null> {
  const knowing = await findKnowing(tx, personId);
  const target = activity.type === "Move" ? await findPeopleByIds(tx, [activity.otherId]) : [];
  const isTold = ({ host }: Participant) => knowing.some((one) => one.host === host);
  const recipients = [...knowing, ...target.filter((one) => !isTold(one))];
  const about = { actorId: personId, streamId: personId, shownOn: null };
  const [id = null] = await dispatch(ctx, tx, [{ ...about, ...activity, recipients }]);
  if (id !== null) record(tx, "activities.due", {});
  return id;
}
