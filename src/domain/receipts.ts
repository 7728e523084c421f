import { bumpConversations, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findReceipt, type Risen } from "#db/receipts.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { localIds, type Participant } from "./tell.ts";
import { record } from "./transact.ts";

/** Conversations whose rows are locked, with everybody in them. */
export interface Locked {
  /** Their revisions are moved on. */
  conversations: ReadonlyMap<ConversationId, ConversationRow>;
  people: ReadonlyMap<ConversationId, readonly Participant[]>;
}

/** Tells the others, in the caller's transaction, how far people have read; of marks that rose for them alone. */
export async function tellReceipts(tx: Transaction, risen: readonly Risen[], locked: Locked): Promise<void> {
  const touched = new Map<ConversationId, ConversationRow>();
  for (const { conversationId, personId } of risen.filter(({ shown }) => shown)) {
    const conversation = locked.conversations.get(conversationId)!;
    conversation.revision += 1;
    touched.set(conversationId, conversation);
    const to = localIds(locked.people.get(conversationId)!);
    record(tx, "receipt.changed", { conversationId, revision: conversation.revision, personId, to });
  }
  if (touched.size === 0) return;
  await bumpConversations(
    tx,
    [...touched.values()].map((conversation) => ({ ...conversation, activityAt: null })),
  );
}

/** How far somebody is shown to have read, and to whom of the members. */
export async function loadReceipt(
  ctx: Context,
  fact: { conversationId: ConversationId; personId: PersonId },
): Promise<{ position: number; viewerIds: PersonId[] }> {
  return await findReceipt(ctx.db, fact.conversationId, fact.personId);
}
