import type { Transaction } from "#db/connect.ts";
import { findWireParents, type MessageRow } from "#db/messages.ts";
import { insertDeliveries, type NewActivity, type NewDelivery } from "#db/outbox.ts";
import type { PersonRow } from "#db/people.ts";
import { newId, type MessageId } from "#lib/ids.ts";
import type { Context } from "./context.ts";

/** Something that one of our people did to a message, of which other servers must hear. */
export interface Deed {
  type: "Create" | "Update" | "Delete";
  message: MessageRow;
  /** Everybody in the conversation. */
  people: readonly PersonRow[];
}

/**
 * Writes, in the caller's transaction, what other servers must be told: one activity per deed and one delivery per
 * recipient elsewhere, in order. Deeds of other servers' people are theirs to tell. Answers which messages leave.
 */
export async function dispatch(
  ctx: Context,
  tx: Transaction,
  deeds: readonly Deed[],
): Promise<Set<MessageId>> {
  const leaving = deeds.filter(
    ({ message, people }) => isOurs(message, people) && recipientsOf(message, people).length > 0,
  );
  if (leaving.length === 0) return new Set();
  const now = ctx.now();
  const parents = await findWireParents(
    tx,
    leaving.map(({ message }) => message.id),
  );
  const activities: NewActivity[] = [];
  const deliveries: NewDelivery[] = [];
  for (const { type, message, people } of leaving) {
    const { id: messageId, conversationId, version, authorId } = message;
    const activity = { id: newId<"activity">(), type, actorId: authorId, conversationId, messageId, version };
    activities.push({ ...activity, inReplyTo: parents.get(messageId) ?? null, createdAt: now });
    for (const { id: recipientId, host } of recipientsOf(message, people)) {
      const to = { recipientId, host: host!, createdAt: now, changedAt: now };
      deliveries.push({ activityId: activity.id, conversationId, messageId, authorId, ...to });
    }
  }
  await insertDeliveries(tx, { activities, deliveries, now });
  return new Set(leaving.map(({ message }) => message.id));
}

function isOurs(message: MessageRow, people: readonly PersonRow[]): boolean {
  return people.some(({ id, host }) => id === message.authorId && host === null);
}

/** Those of the original addressees who live elsewhere. */
function recipientsOf(message: MessageRow, people: readonly PersonRow[]): PersonRow[] {
  return people.filter(({ id, host }) => host !== null && message.audience.includes(id));
}
