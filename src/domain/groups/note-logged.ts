import { findConversation } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findEntryOf, nameEntry, settleEntry } from "#db/log.ts";
import { insertUnnumbered } from "#db/unnumbered.ts";
import { findTombstone } from "#db/inbound.ts";
import { askBy } from "#db/replicas.ts";
import type { ConversationId, MessageId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { giveNumber } from "./label.ts";
import { LOG_MS } from "./unlogged.ts";

/** An activity as the log of a group names it. */
export interface Logged {
  uri: string;
  /** As in the log. */
  digest: string;
}

export interface OfLogged {
  conversationId: ConversationId;
  messageId: MessageId;
  logged: Logged;
  /** The address of a message that is new here. */
  created?: string;
}

/**
 * Notes that an activity of another server's author came, in the transaction that took it. In a group that is kept here,
 * it is what was just logged; in one that another server keeps, it is put together with its number, or waits for that; then
 * the log is asked for it after a while. Refuses a new message that the group's keeper deleted before it came.
 */
export async function noteLogged(
  ctx: Context,
  tx: Transaction,
  { created, logged, ...of }: OfLogged,
): Promise<void> {
  const { conversationId, messageId } = of;
  const conversation = await findConversation(tx, conversationId);
  if (conversation?.keeperId == null) return;
  if (conversation.uri === null) return await nameEntry(tx, { ...of, ...logged });
  const { keeperId } = conversation;
  if (created !== undefined && (await findTombstone(tx, created, keeperId))) throw new Refusal("deleted");
  const entry = await findEntryOf(tx, conversationId, logged.uri);
  if (entry === null || (entry.digest !== null && entry.digest !== logged.digest)) {
    await insertUnnumbered(tx, { ...of, ...logged });
    return await askBy(tx, conversationId, new Date(ctx.now().getTime() + LOG_MS));
  }
  await settleEntry(tx, entry, { state: "applied", messageId });
  await giveNumber(tx, { conversation, messageId, seq: entry.seq });
}
