import { lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findEntryOf, settleEntry } from "#db/log.ts";
import { takeUnnumbered } from "#db/unnumbered.ts";
import { findMessagesByIds } from "#db/messages.ts";
import type { MessageId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { editWithin } from "../messages/change.ts";
import { giveNumber, label } from "./label.ts";
import { isFollowed } from "./log.ts";
import type { Logged } from "./note-logged.ts";

export interface AsLogged {
  messageId: MessageId;
  logged: Logged;
  body: { text: string; html: string | null };
}

/**
 * Takes from its author what the log of a group names, where a copy of it stands here, or something else that its author
 * sent under the same id: other words are a new version. False for what is no such message.
 */
export async function takeAsLogged(
  ctx: Context,
  tx: Transaction,
  { messageId, logged, body }: AsLogged,
): Promise<boolean> {
  const [seen] = await findMessagesByIds(tx, [messageId]);
  const [conversation] = await lockConversations(tx, [seen!.conversationId]);
  if (conversation === undefined || !isFollowed(conversation)) return false;
  const [[message], entry] = await Promise.all([
    findMessagesByIds(tx, [messageId]),
    findEntryOf(tx, conversation.id, logged.uri),
  ]);
  if (message === undefined || entry === null || entry.digest !== logged.digest) return false;
  if (entry.state !== "missing" && !message.vouched) return false;
  const { text, html } = body;
  const { authorId: personId, deletedAt, version, vouched } = message;
  if (deletedAt === null && version === 1)
    await editWithin(ctx, tx, { personId, messageId, text, remote: { html, updatedAt: null } });
  await settleEntry(tx, entry, { state: "applied", messageId });
  await takeUnnumbered(tx, conversation.id, { uri: logged.uri, digest: null });
  const [moved] = await lockConversations(tx, [conversation.id]);
  await giveNumber(tx, { conversation: moved!, messageId, seq: entry.seq });
  if (vouched) await label(tx, { conversation: moved!, messageIds: [messageId], set: { vouched: false } });
  return true;
}
