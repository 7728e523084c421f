import { insertLogEntries } from "#db/groups.ts";
import type { ConversationRow } from "#db/conversations.ts";
import type { Transaction } from "#db/connect.ts";
import type { MessageRow } from "#db/messages.ts";
import type { Context } from "../context.ts";
import type { Participant } from "../dispatch.ts";
import type { LoggedChange } from "../outgoing/types.ts";
import type { Decision } from "./decision.ts";

/** Whether this server keeps a group, and so counts what happens in it. */
export function isKeptHere({ keeperId, uri }: Pick<ConversationRow, "keeperId" | "uri">): boolean {
  return keeperId !== null && uri === null;
}

/** The next number in the log of a locked group that is kept here; null in any other conversation. */
export function nextSeq(conversation: ConversationRow): number | null {
  if (!isKeptHere(conversation)) return null;
  conversation.logSeq += 1;
  return conversation.logSeq;
}

/** What happened in a group that is kept here, under its number: a deed of a member to a message, or a decision with its line. */
export type Followed = { seq: number; message: MessageRow } & (
  | { deed: "Create" | "Update" | "Delete" }
  | { decision: Decision }
);

/**
 * Writes what happened in a locked group that is kept here into its log, in the caller's transaction; `people` is
 * everybody whom it concerns. Lanes are locked before people.
 */
export async function follow(
  ctx: Context,
  tx: Transaction,
  {
    conversation,
    entries,
  }: { conversation: ConversationRow; people: readonly Participant[]; entries: readonly Followed[] },
): Promise<void> {
  const createdAt = ctx.now();
  if (entries.length === 0) return;
  const rows = entries.map(({ seq, message, ...what }) => ({
    conversationId: conversation.id,
    seq,
    epoch: conversation.chatEpoch,
    revision: message.revision,
    decision: "decision" in what ? { ...toldOf(what.decision) } : null,
    state: "applied" as const,
    messageId: message.id,
    createdAt,
  }));
  await insertLogEntries(tx, rows);
}

/** A decision as the log tells of it. Whoever makes another the owner is an admin from then on. */
function toldOf(decision: Decision): LoggedChange {
  switch (decision.type) {
    case "join":
    case "role":
      return { kind: "added", personId: decision.personId, role: decision.role, byId: decision.by };
    case "transfer":
      return { kind: "added", personId: decision.personId, role: "owner", byId: decision.by };
    case "leave":
      return { kind: "removed", personId: decision.personId, ban: false, byId: decision.personId };
    case "remove":
      return { kind: "removed", personId: decision.personId, ban: decision.ban, byId: decision.by };
    case "created":
      return { kind: "updated", facts: {}, byId: decision.by };
    case "facts":
      return { kind: "updated", facts: decision.facts, byId: decision.by };
  }
}
