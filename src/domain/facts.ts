import { findConversation, findMember, type ConversationRow } from "#db/conversations.ts";
import { findReaders } from "#db/former.ts";
import { findKnownPerson, type KnownPerson } from "#db/people.ts";
import { findSavedAt } from "#db/saved.ts";
import { findDeliveryStates } from "#db/outbox.ts";
import { findSeen, seenFrom, withheldWithin, type ShownMessage } from "#db/sight.ts";
import { findRefused, type RefusedWish } from "#db/wishes.ts";
import type { ActivityId, ConversationId, MessageId, PersonId } from "#lib/ids.ts";
import type { Role } from "#lib/permissions.ts";
import type { Context } from "./context.ts";
import { findWritten } from "./fresh.ts";
import { findView, type DeliveryState, type View } from "./read.ts";
import { snapshot } from "./snapshot.ts";

export { seenFrom, withheldWithin, type RefusedWish };

/** A message that something happened to, and who of the people told of it may not see it. */
export interface SeenMessage {
  message: ShownMessage;
  blind: Set<PersonId>;
}

/**
 * Loads what a live change shows. Null when the message is gone; one that has moved on is shown as it is now, where it
 * was not posted by this very process a moment ago.
 */
export async function loadChangedMessage(
  ctx: Context,
  fact: { messageId: MessageId; revision: number; to: readonly PersonId[] },
): Promise<SeenMessage | null> {
  const written = findWritten(fact);
  if (written !== undefined) return { message: written, blind: new Set(written.withheldFrom) };
  const seen = await findSeen(ctx.db, fact.messageId, fact.to);
  return seen && { message: seen.message, blind: new Set(seen.blind) };
}

/** Loads what somebody wanted of a group that another server keeps, and why it was not done. */
export async function loadRefused(
  ctx: Context,
  fact: { activityId: ActivityId },
): Promise<RefusedWish | null> {
  return await findRefused(ctx.db, fact.activityId);
}

/** Loads one person's side of a conversation as it is now; null when they took it out of their list meanwhile. */
export async function loadOwnSide(
  ctx: Context,
  fact: { personId: PersonId; conversationId: ConversationId },
): Promise<View | null> {
  return await snapshot(ctx, (tx) => findView(tx, fact));
}

/** Loads somebody as they are now, as others see them. */
export async function loadPerson(ctx: Context, { personId }: { personId: PersonId }): Promise<KnownPerson> {
  const known = await findKnownPerson(ctx.db, personId);
  if (known === null) throw new Error(`person ${personId} is gone`);
  return known;
}

/** What a group says of itself. */
export type GroupFacts = Pick<
  ConversationRow,
  "title" | "description" | "pictureId" | "permissions" | "history" | "state" | "chatEpoch" | "expireAfter"
>;

/** Loads what a group says of itself now. */
export async function loadFacts(ctx: Context, id: ConversationId): Promise<GroupFacts> {
  const found = await findConversation(ctx.db, id);
  if (found === null) throw new Error(`conversation ${id} is gone`);
  return found;
}

/**
 * Who of those whom a change of a group is shown to is in it no more, with what it was called when they went; null for
 * whoever keeps nothing of it. To be asked after the change was loaded: then that is not newer than they may know.
 */
export async function loadGone(
  ctx: Context,
  { conversationId, to }: { conversationId: ConversationId; to: readonly PersonId[] },
): Promise<Map<PersonId, { title: string | null } | null>> {
  const readers = await findReaders(ctx.db, conversationId, to);
  const byId = new Map(readers.map((row) => [row.personId, row]));
  const gone = to.filter((id) => byId.get(id)?.leftRevision !== null);
  return new Map(
    gone.map((id) => {
      const row = byId.get(id);
      return [id, row === undefined ? null : { title: row.leftTitle }];
    }),
  );
}

/** Somebody of a group, and its epoch. */
export interface MemberFact {
  known: KnownPerson;
  /** Of whoever went meanwhile, the least. */
  role: Role;
  epoch: number;
}

/** Loads somebody of a group, whether they are still in it or not. */
export async function loadMember(
  ctx: Context,
  { conversationId, personId }: { conversationId: ConversationId; personId: PersonId },
): Promise<MemberFact> {
  const [known, member, { chatEpoch: epoch }] = await Promise.all([
    loadPerson(ctx, { personId }),
    findMember(ctx.db, conversationId, personId),
    loadFacts(ctx, conversationId),
  ]);
  return { known, role: member?.role ?? "member", epoch };
}

/** Since when somebody keeps a message; null when they do not. */
export async function loadSavedAt(
  ctx: Context,
  fact: { personId: PersonId; messageId: MessageId },
): Promise<Date | null> {
  return await findSavedAt(ctx.db, fact);
}

/** Loads how other servers took one message. */
export async function loadDeliveries(ctx: Context, messageId: MessageId): Promise<DeliveryState[]> {
  return await findDeliveryStates(ctx.db, [messageId]);
}
