import type { Transaction } from "#db/connect.ts";
import type { MessageRow } from "#db/messages.ts";
import { findWireParents } from "#db/parents.ts";
import { findSoftware } from "#db/peers.ts";
import { endUnreachedEdits, endUnreadable, findNeverReached } from "#db/redelivery.ts";
import type { ActivityId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { dispatch, type Participant } from "./dispatch.ts";
import { keepWritten } from "./fresh.ts";
import { canTake } from "./reach.ts";
import { record } from "./transact.ts";

export type { Participant };

/** Something that one of our people did to a message, of which other servers must hear. */
export interface Deed {
  type: "Create" | "Update" | "Delete";
  message: MessageRow;
  /** Everybody in the conversation. */
  people: readonly Participant[];
  /** Those of them who block its author, and are not told. */
  unheard?: readonly PersonId[];
  /** Those of them whose servers hear of it from the one that keeps the group. */
  spared?: readonly PersonId[];
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
    const leaves = leaving.includes(deed);
    const event = record(tx, eventNames[deed.type], { messageId, conversationId, revision, to, leaves });
    if (deed.type === "Create") keepWritten(event, deed.message);
  }
  if (leaving.length === 0) return;
  const ids = leaving.map(({ message }) => message.id);
  const [parents, unreached] = await Promise.all([
    findWireParents(tx, ids),
    findNeverReached(
      tx,
      leaving.flatMap(({ type, message }) => (type === "Delete" ? message.id : [])),
    ),
  ]);
  const dispatches = leaving.map(({ type, message, people, unheard = message.withheldFrom, spared = [] }) => {
    const { id: messageId, conversationId, version, authorId: actorId } = message;
    const inReplyTo = type === "Delete" ? null : (parents.get(messageId) ?? null);
    const what = { type, actorId, conversationId, messageId, version, inReplyTo };
    return {
      ...what,
      streamId: conversationId,
      // Whoever never got a message has nothing to delete.
      recipients: recipientsOf(message, people).filter(
        ({ id }) =>
          !spared.includes(id) &&
          !unreached.some((never) => never.messageId === messageId && never.recipientId === id),
      ),
      // Whoever got it may be asked to forget it, whatever came since.
      ...(type !== "Delete" && { refusedBy: unheard }),
      shownOn: messageId,
    };
  });
  const written = await dispatch(ctx, tx, dispatches);
  const told = leaving.flatMap((deed, index) => {
    const id = written[index] ?? null;
    return id === null ? [] : [{ ...deed, id }];
  });
  const edits = told.filter(({ type }) => type === "Update");
  await endUnreachedEdits(
    tx,
    edits.map(({ id }) => id),
  );
  await spareServers(
    tx,
    told.filter(({ type }) => type === "Create"),
  );
}

/** In larger conversations, whoever cannot take a message is spared it, and its author sees so. */
export async function spareServers(
  tx: Transaction,
  posts: readonly (Pick<Deed, "message" | "people"> & { id: ActivityId })[],
): Promise<void> {
  const large = posts.filter(({ people }) => people.length > 2);
  const hosts = new Set(large.flatMap(({ people }) => people.flatMap(({ host }) => host ?? [])));
  const software = await findSoftware(tx, [...hosts]);
  const pairs = large.flatMap(({ id, people, message }) =>
    software
      .filter((server) => !canTake(server, people.length, message.text ?? ""))
      .map(({ host }) => ({ activityId: id, host })),
  );
  await endUnreadable(tx, pairs);
}

/** Whether one of our own people did it to a message that went to another server. */
export function isLeaving({ message, people }: Omit<Deed, "type">): boolean {
  return message.uri === null && recipientsOf(message, people).length > 0;
}

/** The people of this server among some: those with sessions to push to. */
export function localIds(people: readonly Participant[]): PersonId[] {
  return people.filter(({ host }) => host === null).map(({ id }) => id);
}

/** Those of the original addressees who live elsewhere. */
function recipientsOf(message: MessageRow, people: readonly Participant[]): Participant[] {
  return people.filter(({ id, host }) => host !== null && message.audience?.includes(id));
}
