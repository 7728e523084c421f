import { findGroupMembers } from "#db/groups.ts";
import { lockConversations } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import { findTombstone, lockUri } from "#db/inbound.ts";
import { findDecisionOn, findEntry, numberMessage, settleEntry } from "#db/log.ts";
import { findMessagesByUris } from "#db/messages.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { postOne } from "../messages/post.ts";
import { findParent, type ReceiveMessage } from "../receive.ts";
import { transact } from "../transact.ts";
import type { Missing } from "./follow-up.ts";

/** A message whose author's server is gone, as the server that keeps its group has it. */
export interface ReceiveCopy extends Pick<
  ReceiveMessage,
  "authorId" | "uri" | "forwarded" | "inReplyToUri" | "local" | "body" | "sentAt" | "chatEpoch"
> {
  missing: Missing;
  /** Those of its addressees who are known here, without its author. */
  recipientIds: readonly PersonId[];
}

/**
 * Takes a copy of a message that nobody else has any more, under its number, marked as such. It changes nothing that is
 * here or was deleted. Refuses what its author cannot have said there then.
 */
export async function receiveCopy(ctx: Context, input: ReceiveCopy): Promise<void> {
  const { missing, authorId, uri } = input;
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const [conversation] = await lockConversations(tx, [missing.conversationId]);
    const keeperId = conversation?.keeperId ?? authorId;
    const [entry, [known], members, ...deleted] = await Promise.all([
      findEntry(tx, missing),
      findMessagesByUris(tx, [uri]),
      findGroupMembers(tx, missing.conversationId),
      findTombstone(tx, uri, authorId),
      findTombstone(tx, uri, keeperId),
    ]);
    if (entry?.state !== "missing" || known !== undefined) return;
    if (deleted.includes(true)) throw new Refusal("deleted");
    const people = members.map(({ person }) => person);
    const author = people.find(({ id }) => id === authorId);
    if (author === undefined || !(await wasMember(tx, missing, authorId))) throw new Refusal("not_member");
    const others = people.filter(({ id }) => input.recipientIds.includes(id));
    if (author.host === null || !others.some(({ host }) => host === null)) throw new Refusal("not_local");
    const parent = await findParent(tx, input);
    const isSaid = parent?.conversationId === missing.conversationId && parent.notice === null;
    const { message } = await postOne(ctx, tx, {
      conversationId: missing.conversationId,
      authorId,
      text: input.body.text,
      inReplyTo: isSaid && !parent.withheldFrom.includes(authorId) ? parent.id : null,
      forwarded: input.forwarded ?? false,
      remote: {
        ...{ uri, form: "Note", html: input.body.html, sentAt: input.sentAt, vouched: true },
        ...{ audience: others.map(({ id }) => id), recipients: others, aliases: [] },
        chatEpoch: input.chatEpoch,
      },
    });
    await settleEntry(tx, entry, { state: "applied", messageId: message.id });
    await numberMessage(tx, message.id, entry.seq);
  });
}

/** Whether somebody who is in a group now was in it by a number of its log. */
async function wasMember(tx: Transaction, { conversationId, seq }: Missing, personId: PersonId) {
  const of = { conversationId, personId };
  const before = await findDecisionOn(tx, { ...of, before: seq });
  if (before !== null) return before.kind === "added";
  // Whoever was there when the group was met first came in by no number.
  const came = await findDecisionOn(tx, { ...of, after: seq });
  return came?.notice !== "joined";
}
