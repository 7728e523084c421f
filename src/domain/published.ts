import { findActivityId } from "#db/activities.ts";
import type { PersonRow } from "#db/people.ts";
import { findGone } from "#db/former.ts";
import { isParentLacking } from "#db/parents.ts";
import { findActivityBody } from "#db/rooms.ts";
import { findNeverReached } from "#db/redelivery.ts";
import type { ActivityId, MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "./context.ts";
import { findSevered } from "./relations/severed.ts";
import { describeActivity } from "./outgoing/describe.ts";
import { isOfBlock, isOfMessage, type OutgoingActivity, type OutgoingMessage } from "./outgoing/types.ts";

/** Loads an activity that other servers were told of. Whoever shows it must first hold its audience against the asker. */
export async function readPublishedActivity(ctx: Context, activityId: ActivityId): Promise<OutgoingActivity> {
  const id = await findActivityId(ctx.db, { activityId });
  if (id === null) throw new Refusal("not_found");
  return await describeActivity(ctx, id);
}

/**
 * Loads the newest activity that told of a message: what the message is today. Whoever shows it must first hold its
 * audience against the asker. Refuses what never left this server.
 */
export async function readPublishedMessage(ctx: Context, messageId: MessageId): Promise<OutgoingMessage> {
  const id = await findActivityId(ctx.db, { messageId });
  const found = id && (await describeActivity(ctx, id));
  if (found === null || !isOfMessage(found)) throw new Refusal("not_found");
  return found;
}

/**
 * Those of an activity's audience who may read it now: nobody from whom it was kept, and nobody whom a block parts from its
 * actor, unless it tells of that very block; nobody who has gone from the group in which it was said.
 */
export async function findReaders(ctx: Context, found: OutgoingActivity): Promise<PersonRow[]> {
  if (isOfBlock(found)) return found.audience;
  const ids = found.audience.map(({ id }) => id);
  const severed = await findSevered(ctx.db, found.actor.id, ids);
  if (!isOfMessage(found)) return found.audience.filter(({ id }) => !severed.has(id));
  const gone = await findGone(ctx.db, found.conversation.id, ids);
  const kept = new Set([...severed, ...found.message.withheldFrom, ...gone]);
  return found.audience.filter(({ id }) => !kept.has(id));
}

/**
 * What readers at one server get of an activity, as it was delivered there: null when the message never came to them, in
 * other words where they never got what it answers.
 */
export async function fitToReaders<Found extends OutgoingActivity>(
  ctx: Context,
  outgoing: Found,
  readers: readonly PersonRow[],
): Promise<Found | null> {
  const host = readers[0]?.host ?? null;
  if (host === null) return null;
  if (!isOfMessage(outgoing)) return outgoing;
  const [never, lacksParent] = await Promise.all([
    findNeverReached(ctx.db, [outgoing.message.id]),
    isParentLacking(ctx.db, outgoing.id, host),
  ]);
  if (readers.every(({ id }) => never.some(({ recipientId }) => recipientId === id))) return null;
  if (!lacksParent) return outgoing;
  // The same activity, and so one of the same type.
  return (await describeActivity(ctx, outgoing.id, { lacksParent })) as Found;
}

/** The bytes of an activity as readers at one server were sent it; null while nobody there was sent any. */
export async function readSent(
  ctx: Context,
  id: ActivityId,
  readers: readonly PersonRow[],
): Promise<string | null> {
  const host = readers[0]?.host ?? null;
  if (host === null) return null;
  return await findActivityBody(ctx.db, id, { lacksParent: await isParentLacking(ctx.db, id, host) });
}
