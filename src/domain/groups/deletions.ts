import { findMembers, type ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { insertTombstone } from "#db/inbound.ts";
import type { MessageRow } from "#db/messages.ts";
import { findPeopleByIds } from "#db/people.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { bury } from "../messages/bury.ts";
import { deleteWithin } from "../messages/change.ts";
import { findNamed, type MessageRef } from "../messages/refer.ts";
import type { LoggedChange } from "../outgoing/types.ts";
import { transact } from "../transact.ts";
import { lockGroup, type OfMember } from "./permit.ts";

/** Deletes what somebody said in a group that is kept here, as a member elsewhere asks. What is not in it is nobody's to delete. */
export async function deleteAsAsked(
  ctx: Context,
  { message: ref, ...of }: OfMember & { message: MessageRef },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockGroup(ctx, tx, { ...of, action: "delete" });
    const message = await findNamed(tx, ref);
    if (message?.conversationId !== of.conversationId) throw new Refusal("not_permitted");
    await deleteWithin(ctx, tx, { personId: of.personId, messageId: message.id });
  });
}

/**
 * Makes true that the server which keeps a locked group deleted a message of it. One that has not come yet will not come
 * any more. Answers the message; null where there is none of that group.
 */
export async function buryHeard(
  ctx: Context,
  tx: Transaction,
  { conversation, change }: { conversation: ConversationRow; change: LoggedChange & { kind: "deleted" } },
): Promise<MessageRow | null> {
  const keeperId = conversation.keeperId!;
  const message = await findNamed(tx, change.message);
  if (message === null) {
    const [keeper] = await findPeopleByIds(tx, [keeperId]);
    if ("uri" in change.message && keeper?.uri != null)
      await insertTombstone(tx, { uri: change.message.uri, actorUri: keeper.uri, at: ctx.now() });
    return null;
  }
  if (message.conversationId !== conversation.id || message.notice !== null) return null;
  if (message.deletedAt !== null) return message;
  const members = await findMembers(tx, [conversation.id]);
  const people = members.map(({ person }) => person);
  const byId = change.byId ?? keeperId;
  const by = byId === message.authorId ? null : byId;
  const [buried] = await bury(ctx, tx, { conversation, people, messages: [message], by });
  return buried!;
}
