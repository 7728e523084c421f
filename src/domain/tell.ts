import type { Transaction } from "#db/connect.ts";
import { findWireParents, type MessageRow } from "#db/messages.ts";
import { insertDeliveries, stampDeliveries, type NewActivity, type NewDelivery } from "#db/outbox.ts";
import { takeNumber, type PersonRow } from "#db/people.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { record } from "./transact.ts";

/** Somebody in a conversation; `host` is null for people of this server. */
export type Participant = Pick<PersonRow, "id" | "host">;

/** Something that one of our people did to a message, of which other servers must hear. */
export interface Deed {
  type: "Create" | "Update" | "Delete";
  message: MessageRow;
  /** Everybody in the conversation. */
  people: readonly Participant[];
}

/** What each deed is called when it is told here. */
const eventNames = { Create: "message.posted", Update: "message.edited", Delete: "message.deleted" } as const;

/**
 * Tells, in the caller's transaction, what was done to messages: the sessions of this server's people by an event
 * each, other servers by an activity each with one delivery per recipient, in order. What other servers' people did
 * is theirs to tell.
 */
export async function tell(ctx: Context, tx: Transaction, deeds: readonly Deed[]): Promise<void> {
  const leaving = deeds.filter(isLeaving);
  for (const deed of deeds) {
    const { id: messageId, conversationId, revision } = deed.message;
    const to = localIds(deed.people);
    record(tx, eventNames[deed.type], {
      messageId,
      conversationId,
      revision,
      to,
      leaves: leaving.includes(deed),
    });
  }
  if (leaving.length > 0) await dispatch(ctx, tx, leaving);
}

async function dispatch(ctx: Context, tx: Transaction, leaving: readonly Deed[]): Promise<void> {
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
  await tellAuthors(tx, activities);
}

/** Every session of an author shows that their message waits. People are locked after lanes, in one order. */
async function tellAuthors(tx: Transaction, activities: readonly NewActivity[]): Promise<void> {
  const byAuthor = [...Map.groupBy(activities, ({ actorId }) => actorId)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const stamps = [];
  for (const [personId, own] of byAuthor) {
    const last = await takeNumber(tx, personId, own.length);
    for (const [index, { id: activityId, messageId, conversationId }] of own.entries()) {
      const number = last - own.length + 1 + index;
      stamps.push({ activityId, number });
      record(tx, "delivery.changed", { personId, number, messageId, conversationId });
    }
  }
  await stampDeliveries(tx, stamps);
}

/** Whether one of our own people did it to a message that went to another server. */
export function isLeaving({ message, people }: Omit<Deed, "type">): boolean {
  const isOurs = people.some(({ id, host }) => id === message.authorId && host === null);
  return isOurs && recipientsOf(message, people).length > 0;
}

/** The people of this server among some: those with sessions to push to. */
function localIds(people: readonly Participant[]): PersonId[] {
  return people.filter(({ host }) => host === null).map(({ id }) => id);
}

/** Those of the original addressees who live elsewhere. */
function recipientsOf(message: MessageRow, people: readonly Participant[]): Participant[] {
  return people.filter(({ id, host }) => host !== null && message.audience.includes(id));
}
