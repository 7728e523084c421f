import { findMembers, lockConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findUnlogged } from "#db/unnumbered.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { bury } from "../messages/bury.ts";
import { transact } from "../transact.ts";
import { label } from "./label.ts";

/** The server that keeps a group is given so long to take what came here from its author (milliseconds). */
export const LOG_MS = 10 * 60_000;
/** Messages of one transaction. */
const BATCH = 100;

/**
 * Marks messages that came from their authors long before `askedAt`, when the server that keeps the group was asked for its
 * log, to its end, and did not have them. The mark goes when their number comes after all.
 */
export async function markUnlogged(
  ctx: Context,
  { conversationId, askedAt }: { conversationId: ConversationId; askedAt: Date },
): Promise<void> {
  const before = new Date(askedAt.getTime() - LOG_MS);
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    if (conversation === undefined) return;
    const found = await findUnlogged(tx, conversationId, { before, limit: BATCH });
    await label(tx, { conversation, messageIds: found.map(({ id }) => id), set: { unlogged: true } });
  });
}

/**
 * Takes away what somebody said who was taken out of a locked group, and what its log, heard up to there, does not have: the
 * server that keeps the group never takes it any more, and who had not heard of it yet is no place to go on speaking.
 */
export async function withdrawUnlogged(
  ctx: Context,
  tx: Transaction,
  { conversation, personId, by }: { conversation: ConversationRow; personId: PersonId; by: PersonId },
): Promise<void> {
  const messages = await findUnlogged(tx, conversation.id, { authorId: personId });
  if (messages.length === 0) return;
  const members = await findMembers(tx, [conversation.id]);
  await bury(ctx, tx, { conversation, people: members.map(({ person }) => person), messages, by });
}
