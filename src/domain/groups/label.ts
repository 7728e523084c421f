import { bumpConversations, findMembers, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { numberMessage } from "#db/log.ts";
import { labelMessages, type Labels } from "#db/unnumbered.ts";
import type { MessageId } from "#lib/ids.ts";
import { localIds } from "../tell.ts";
import { record } from "../transact.ts";

export interface Label {
  /** Locked; its numbers are moved on. */
  conversation: ConversationRow;
  messageIds: readonly MessageId[];
  set: Labels;
}

/** Says where messages of a group came from, each under the group's next number, and tells who of this server is in it. */
export async function label(tx: Transaction, { conversation, messageIds, set }: Label): Promise<void> {
  if (messageIds.length === 0) return;
  const rows = messageIds.map((id, index) => ({ id, revision: conversation.revision + 1 + index }));
  conversation.revision += rows.length;
  const [members] = await Promise.all([
    findMembers(tx, [conversation.id]),
    labelMessages(tx, rows, set),
    bumpConversations(tx, [{ ...conversation, activityAt: null }]),
  ]);
  const common = { conversationId: conversation.id, to: localIds(members.map(({ person }) => person)) };
  for (const { id: messageId, revision } of rows)
    record(tx, "message.edited", { ...common, messageId, revision, leaves: false });
}

/** Gives a message its number in the log of a locked group: then the server that keeps the group has it. */
export async function giveNumber(
  tx: Transaction,
  { conversation, messageId, seq }: { conversation: ConversationRow; messageId: MessageId; seq: number },
): Promise<void> {
  const isUnlogged = await numberMessage(tx, messageId, seq);
  if (isUnlogged) await label(tx, { conversation, messageIds: [messageId], set: { unlogged: false } });
}
