import { findMember, lockConversations } from "#db/conversations.ts";
import { findHeir } from "#db/traces.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { applyDecisions } from "./apply.ts";
import { ask } from "./ask.ts";
import type { Decision } from "./decision.ts";
import { isFollowed, isKeptHere } from "./log.ts";

/**
 * Takes somebody who is gone for good out of a group. What they owned is owned by whoever there may the most and came first; where
 * nobody is left, the group is closed. Of a group that another server keeps, that server decides so; it is asked, and whoever is
 * of this server is gone here at once.
 */
export async function departFrom(
  ctx: Context,
  {
    personId,
    isOurs,
    conversationId,
  }: { personId: PersonId; isOurs: boolean; conversationId: ConversationId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const [conversation] = await lockConversations(tx, [conversationId]);
    const member = await findMember(tx, conversationId, personId);
    if (conversation?.kind !== "group" || member === null) return;
    if (isFollowed(conversation)) {
      if (!isOurs) return;
      await ask(ctx, tx, { conversation, by: personId, wish: { type: "Leave" } });
    }
    const heir = await findHeir(tx, { conversationId, personId });
    const decisions: Decision[] = [];
    if (isKeptHere(conversation) && heir === null && conversation.state !== "closed")
      decisions.push({ type: "facts", by: personId, facts: { state: "closed" } });
    if (isKeptHere(conversation) && heir !== null && member.role === "owner")
      decisions.push({ type: "transfer", personId: heir, by: personId });
    await applyDecisions(ctx, tx, { conversation, decisions: [...decisions, { type: "leave", personId }] });
  });
}
