import { findMember, findMembers, lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findMessagesByIds, type MessageRow } from "#db/messages.ts";
import type { PersonRow } from "#db/people.ts";
import { findBlocks, type BlockRow } from "#db/relations.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { checkMay, checkOpen } from "../groups/permit.ts";
import { checkVoice, type Deed } from "../voice.ts";
import { withhold } from "./withhold.ts";

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
  const isKept = message.withheldFrom.includes(personId);
  if (isKept || message.position <= member.historyAfter) throw new Refusal("not_found");
  return { conversation, message, member };
}

/**
 * The same for a message that the person wrote, with everybody in its conversation. Refuses `not_author` to its other
 * readers, and as `checkVoice` does.
 */
export async function lockOwn(ctx: Context, tx: Transaction, of: Of & Deed) {
  const { conversation, message, member } = await lockVisible(tx, of);
  if (message.authorId !== of.personId) throw new Refusal("not_author");
  checkSaid(message);
  checkMay(conversation, member.role, "write");
  const people = await peopleOf(tx, conversation.id);
  if (of.takesBack !== true) await checkMember(ctx, tx, { ...of, people });
  return { conversation, message, people };
}

/** What tells of the group itself is nobody's words. */
export function checkSaid({ notice }: MessageRow): void {
  if (notice !== null) throw new Refusal("not_permitted");
}

/** The same for a message that the person may delete: their own, or in a group also others', whose role allows it. */
export async function lockDeletable(ctx: Context, tx: Transaction, of: Of) {
  const { conversation, message, member } = await lockVisible(tx, of);
  checkSaid(message);
  const people = await peopleOf(tx, conversation.id);
  if (message.authorId !== of.personId) {
    if (conversation.kind !== "group") throw new Refusal("not_author");
    checkMay(conversation, member.role, "delete");
    await checkMember(ctx, tx, { ...of, people });
  }
  return { conversation, message, people };
}

/** Nothing passes either way where a block stands. */
function blockedBy(blocks: readonly BlockRow[], personId: PersonId): PersonId[] {
  return blocks.filter(({ blockerId }) => blockerId === personId).map(({ blockedId }) => blockedId);
}

/**
 * The same for a message to which the person does something that the others see: they have taken part in its
 * conversation, and it still stands. Answers too from whom it must be withheld; refuses as sending a message does.
 */
export async function lockStanding(ctx: Context, tx: Transaction, of: Of & Deed) {
  const { conversation, message, member } = await lockVisible(tx, of);
  if (message.deletedAt !== null) throw new Refusal("deleted");
  checkSaid(message);
  checkOpen(conversation);
  const people = await peopleOf(tx, conversation.id);
  if (of.takesBack !== true) await checkMember(ctx, tx, { ...of, people });
  // Whether somebody of another server has accepted is theirs to know: doing something says that they have.
  const isOurs = people.some(({ id, host }) => id === of.personId && host === null);
  if (isOurs && member.state !== "accepted") throw new Refusal("not_accepted");
  const blocks = await findBlocks(
    tx,
    people.map(({ id }) => id),
  );
  const saying = { authorId: of.personId, people, ...(isOurs ? {} : { remote: true }) };
  const withheldFrom = new Set([...withhold(blocks, saying), ...blockedBy(blocks, of.personId)]);
  return { conversation, message, member, people, withheldFrom: [...withheldFrom] };
}

async function checkMember(
  ctx: Context,
  tx: Transaction,
  { people, personId }: { people: readonly PersonRow[]; personId: PersonId },
): Promise<void> {
  const person = people.find(({ id }) => id === personId);
  if (person !== undefined) await checkVoice(ctx, tx, person);
}

async function peopleOf(tx: Transaction, conversationId: Parameters<typeof findMember>[1]) {
  const members = await findMembers(tx, [conversationId]);
  return members.map(({ person }) => person);
}
