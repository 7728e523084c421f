import type { Transaction } from "#db/connect.ts";
import { insertDeliveries, stampDeliveries, type NewActivity, type NewDelivery } from "#db/outbox.ts";
import { takeNumber, type PersonRow } from "#db/people.ts";
import { newId, type ActivityId, type MessageId, type PersonId, type StreamId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { record } from "./transact.ts";

/** Somebody in a conversation; `host` is null for people of this server. */
export type Participant = Pick<PersonRow, "id" | "handle" | "host"> & { formerHandle?: string | null };

/** The other servers at which some people live. */
export function hostsOf(people: readonly Participant[]): string[] {
  return [...new Set(people.flatMap(({ host }) => host ?? []))];
}

/** An activity of one of our people on its way to other servers. */
export interface Dispatch extends Omit<NewActivity, "id" | "createdAt" | "body" | "quotedBody"> {
  /** What it stays in order with: its conversation, or its actor when it concerns no conversation. */
  streamId: StreamId;
  /** Who gets it; people of this server among them are passed over. */
  recipients: readonly Participant[];
  /** Those of them who block the actor: to them it is refused here, and never sent. */
  refusedBy?: readonly PersonId[];
  /** The message on which its author is shown how it fares; null for what is done to messages and people. */
  shownOn: MessageId | null;
}

/**
 * Writes activities and one delivery of each per recipient elsewhere, in order, in the caller's transaction. Lock
 * conversations first. Answers their ids; null for one that nobody elsewhere gets, which is not written.
 */
export async function dispatch(
  ctx: Context,
  tx: Transaction,
  dispatches: readonly Dispatch[],
): Promise<(ActivityId | null)[]> {
  const now = ctx.now();
  const activities: NewActivity[] = [];
  const deliveries: NewDelivery[] = [];
  const shown: Shown[] = [];
  const ids = dispatches.map(({ streamId, recipients, refusedBy = [], shownOn, ...what }) => {
    const elsewhere = recipients.filter(({ host }) => host !== null);
    if (elsewhere.length === 0) return null;
    const activityId = newId<"activity">();
    activities.push({ ...what, id: activityId, createdAt: now });
    const { actorId: authorId, conversationId } = what;
    for (const { id: recipientId, host } of elsewhere) {
      const to = { recipientId, host: host!, createdAt: now, changedAt: now };
      const refused = { state: "refused", reason: "blocked" } as const;
      deliveries.push({
        activityId,
        streamId,
        messageId: shownOn,
        authorId,
        ...to,
        ...(refusedBy.includes(recipientId) && refused),
      });
    }
    if (shownOn !== null)
      shown.push({ activityId, authorId, messageId: shownOn, conversationId: conversationId! });
    return activityId;
  });
  if (activities.length === 0) return ids;
  await insertDeliveries(tx, { activities, deliveries, now });
  await tellAuthors(tx, shown);
  return ids;
}

type Shown = { activityId: ActivityId } & Pick<Required<NewDelivery>, "authorId"> & {
    messageId: MessageId;
    conversationId: NonNullable<NewActivity["conversationId"]>;
  };

/** Every session of an author shows that their message waits. People are locked after lanes, in one order. */
async function tellAuthors(tx: Transaction, shown: readonly Shown[]): Promise<void> {
  if (shown.length === 0) return;
  const byAuthor = [...Map.groupBy(shown, ({ authorId }) => authorId)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const stamps = [];
  for (const [personId, own] of byAuthor) {
    const last = await takeNumber(tx, personId, own.length);
    for (const [index, { activityId, messageId, conversationId }] of own.entries()) {
      const number = last - own.length + 1 + index;
      stamps.push({ activityId, number });
      // What is written wakes the lanes by the event of its own.
      record(tx, "delivery.changed", { personId, number, messageId, conversationId, leaves: false });
    }
  }
  await stampDeliveries(tx, stamps);
}
