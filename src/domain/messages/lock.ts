import { findMember, findMembers, lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findMessagesByIds } from "#db/messages.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";

interface Of {
  personId: PersonId;
  messageId: MessageId;
}

/** Locks the conversation of a message that the person belongs to, then reads it. A stranger finds nothing. */
export async function lockVisible(tx: Transaction, { personId, messageId }: Of) {
  const [seen] = await findMessagesByIds(tx, [messageId]);
  if (seen === undefined) throw new Refusal("not_found");
  const [conversation] = await lockConversations(tx, [seen.conversationId]);
  const [member, [message]] = await Promise.all([
    findMember(tx, seen.conversationId, personId),
    findMessagesByIds(tx, [messageId]),
  ]);
  if (conversation === undefined || message === undefined || member === null) throw new Refusal("not_found");
  if (message.position <= member.historyAfter) throw new Refusal("not_found");
  return { conversation, message, member };
}

/** The same for a message that the person wrote, with everybody in its conversation. Refuses `not_author` to its other readers. */
export async function lockOwn(tx: Transaction, of: Of) {
  const { conversation, message } = await lockVisible(tx, of);
  if (message.authorId !== of.personId) throw new Refusal("not_author");
  return { conversation, message, people: await peopleOf(tx, conversation.id) };
}

/**
 * The same for a message to which the person does something that the others see: they have taken part in its
 * conversation, and it still stands.
 */
export async function lockStanding(tx: Transaction, of: Of) {
  const { conversation, message, member } = await lockVisible(tx, of);
  if (member.state !== "accepted") throw new Refusal("not_accepted");
  if (message.deletedAt !== null) throw new Refusal("deleted");
  return { conversation, message, people: await peopleOf(tx, conversation.id) };
}

async function peopleOf(tx: Transaction, conversationId: Parameters<typeof findMember>[1]) {
  const members = await findMembers(tx, [conversationId]);
  return members.map(({ person }) => person);
}
