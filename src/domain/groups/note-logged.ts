import { findConversation } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findEntryOf, insertUnnumbered, nameEntry, numberMessage, settleEntry } from "#db/log.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";

/** An activity as the log of a group names it. */
export interface Logged {
  uri: string;
  /** As in the log. */
  digest: string;
}

/**
 * Notes that an activity of another server's author came, in the transaction that took it. In a group that is kept here,
 * it is what was just logged; in one that another server keeps, it is put together with its number, or waits for that.
 */
export async function noteLogged(
  tx: Transaction,
  {
    conversationId,
    messageId,
    logged,
  }: { conversationId: ConversationId; messageId: MessageId; logged: Logged },
): Promise<void> {
  const conversation = await findConversation(tx, conversationId);
  if (conversation?.keeperId == null) return;
  if (conversation.uri === null) return await nameEntry(tx, { conversationId, messageId, ...logged });
  const entry = await findEntryOf(tx, conversationId, logged.uri);
  if (entry === null) return await insertUnnumbered(tx, { conversationId, messageId, ...logged });
  if (entry.digest !== null && entry.digest !== logged.digest) return;
  await settleEntry(tx, entry, { state: "applied", messageId });
  await numberMessage(tx, messageId, entry.seq);
}
