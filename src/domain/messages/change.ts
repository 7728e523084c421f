import { bumpConversations } from "#db/conversations.ts";
import { stampMember } from "#db/sides.ts";
import type { Transaction } from "#db/connect.ts";
import { insertHidden, updateMessageBody, type MessageRow } from "#db/messages.ts";
import { findVisibleById } from "#db/sight.ts";
import { lockLanes } from "#db/lanes.ts";
import { lockPeople, takeNumber } from "#db/people.ts";
import { findBlocksWithin } from "#db/relations.ts";
import type { MessageId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { ask } from "../groups/ask.ts";
import { follow, isKeptHere, nextSeq } from "../groups/log.ts";
import { tell } from "../tell.ts";
import { record, transact } from "../transact.ts";
import { lockDeletable, lockOwn, lockVisible } from "./lock.ts";
import { namedIn } from "./mentions.ts";
import { bury } from "./bury.ts";
import { refOf } from "./refer.ts";
import { checkText } from "./text.ts";
import { withhold } from "./withhold.ts";

export interface EditMessage {
  personId: PersonId;
  messageId: MessageId;
  text: string;
  /** Set for an edit that came from another server. */
  remote?: { html: string | null; updatedAt: Date | null };
}

/** Gives a message a new text; only its author may, and not after it was deleted. The same text changes nothing. */
export async function editMessage(ctx: Context, input: EditMessage): Promise<MessageRow> {
  return await transact(ctx, (tx) => editWithin(ctx, tx, input));
}

/** Edits a message within a transaction that is open already. */
export async function editWithin(ctx: Context, tx: Transaction, input: EditMessage): Promise<MessageRow> {
  const { message, people, conversation } = await lockOwn(ctx, tx, input);
  if (message.deletedAt !== null) throw new Refusal("deleted");
  const text = checkText(ctx, input);
  const html = input.remote?.html ?? null;
  const updatedAt = input.remote?.updatedAt ?? message.updatedAt;
  if (updatedAt !== null && message.updatedAt !== null && updatedAt < message.updatedAt)
    throw new Refusal("stale");
  if (text === message.text && html === message.html) return message;
  const blocks = await findBlocksWithin(tx, [conversation.id]);
  const unheard = withhold(blocks, { authorId: input.personId, people, remote: input.remote });
  // Whoever blocks its author by now is not shown the new text, nor that there is one.
  const blockers = people.flatMap(({ id, host }) => (host === null && unheard.includes(id) ? id : []));
  if (blockers.length > 0) {
    await lockLanes(tx, [conversation.id]);
    await lockPeople(tx, [message.authorId, ...blockers]);
  }
  const seq = nextSeq(conversation);
  const revision = conversation.revision + 1;
  const mentions = namedIn(ctx, { text, authorId: message.authorId, people });
  const body = { text, html, mentions, at: ctx.now(), updatedAt, revision };
  const [edited] = await Promise.all([
    updateMessageBody(tx, message, body),
    bumpConversations(tx, [{ ...conversation, revision, activityAt: null }]),
  ]);
  await tell(ctx, tx, [{ type: "Update", message: edited, people, unheard }]);
  if (seq !== null)
    await follow(ctx, tx, { conversation, people, entries: [{ seq, deed: "Update", message: edited }] });
  for (const personId of blockers) await hide(tx, { personId, message: edited });
  return edited;
}

/**
 * Deletes a message for everyone; its author may, and in groups whose role allows it. Deleting it again changes nothing.
 * Answers it as it stands: what another said in a group that another server keeps, that server is asked to delete.
 */
export async function deleteMessage(ctx: Context, input: DeleteMessage): Promise<MessageRow> {
  return await transact(ctx, (tx) => deleteWithin(ctx, tx, input));
}

export interface DeleteMessage {
  personId: PersonId;
  messageId: MessageId;
}

/** Deletes a message within a transaction that is open already. */
export async function deleteWithin(ctx: Context, tx: Transaction, input: DeleteMessage): Promise<MessageRow> {
  const { message, people, conversation } = await lockDeletable(ctx, tx, input);
  if (message.deletedAt !== null) return message;
  const by = message.authorId === input.personId ? null : input.personId;
  // Who keeps a group says what is gone in it; deleted here alone, it would be gone for some.
  if (by !== null && !isKeptHere(conversation)) {
    await ask(ctx, tx, { conversation, by, wish: { type: "DeleteMessage", message: refOf(message) } });
    return message;
  }
  const [buried] = await bury(ctx, tx, { conversation, people, messages: [message], by });
  return buried!;
}

/** Deletes a message for oneself: no session of the person shows it again. */
export async function hideMessage(
  ctx: Context,
  input: { personId: PersonId; messageId: MessageId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const { message } = await lockVisible(tx, input);
    if (!(await hide(tx, { personId: input.personId, message }))) throw new Refusal("not_found");
  });
}

/** Hides a message of a locked conversation from one person; answers false when they cannot see it anyway. */
async function hide(
  tx: Transaction,
  { personId, message }: { personId: PersonId; message: MessageRow },
): Promise<boolean> {
  const { id: messageId, conversationId } = message;
  if ((await findVisibleById(tx, personId, messageId)) === null) return false;
  const number = await takeNumber(tx, personId);
  await insertHidden(tx, { personId, messageId, conversationId, number });
  // What is unread, and what was said last, may be another now.
  await stampMember(tx, { personId, conversationId }, number);
  record(tx, "message.hidden", { personId, messageId, conversationId, number });
  return true;
}
