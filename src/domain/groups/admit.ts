import type { Transaction } from "#db/connect.ts";
import { countPresent, type ConversationRow } from "#db/conversations.ts";
import { areAnyBanned } from "#db/former.ts";
import { FEDERATED_MEMBERS, GROUP_MEMBERS } from "#lib/group-limits.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { applyDecisions } from "./apply.ts";
import { checkOpen } from "./permit.ts";

/** Refuses whom a group has banned, also under the account that they had before. */
export async function checkBan(
  tx: Transaction,
  conversationId: ConversationId,
  people: readonly PersonId[],
): Promise<void> {
  if (await areAnyBanned(tx, conversationId, people)) throw new Refusal("banned");
}

/** Refuses more people than a group holds. */
export async function checkRoom(
  tx: Transaction,
  conversationId: ConversationId,
  { more, less = 0, field }: { more: readonly PersonId[]; less?: number; field?: string },
): Promise<void> {
  const { present, elsewhere } = await countPresent(tx, conversationId, more);
  if (present + more.length - less > (elsewhere === 0 ? GROUP_MEMBERS : FEDERATED_MEMBERS))
    throw new Refusal("too_many_members", field === undefined ? {} : { field });
}

/**
 * The one way into a locked group that is kept here: by an invitation, by a link, by consent. Refuses whom it has banned, and more than it holds.
 */
export async function admit(
  ctx: Context,
  tx: Transaction,
  {
    conversation,
    people,
  }: { conversation: ConversationRow; people: readonly { personId: PersonId; by: PersonId }[] },
): Promise<void> {
  const ids = people.map(({ personId }) => personId);
  checkOpen(conversation);
  await checkBan(tx, conversation.id, ids);
  await checkRoom(tx, conversation.id, { more: ids });
  const decisions = people.map((one) => ({ type: "join" as const, role: "member" as const, ...one }));
  await applyDecisions(ctx, tx, { conversation, decisions });
}
