import type { Transaction } from "#db/connect.ts";
import type { ConversationRow } from "#db/conversations.ts";
import { findAsked } from "#db/invitations.ts";
import { approveJoinRequests, revokeLinks } from "#db/invite-links.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Decision } from "./decision.ts";
import { endInvitations, retellInvitations } from "./invitations.ts";

interface Decided {
  conversation: ConversationRow;
  decisions: readonly Decision[];
}

/** Whether a decision is seen by people who are only invited: what the group is called, and who asks them no more. */
function showsOutside(decision: Decision): boolean {
  if (decision.type === "facts") return "title" in decision.facts || "pictureId" in decision.facts;
  return decision.type === "remove";
}

/** Who is told of decisions without being in the group: their numbers are locked with those of everybody else. */
export async function findOutsiders(
  tx: Transaction,
  { conversation, decisions }: Decided,
): Promise<PersonId[]> {
  return decisions.some(showsOutside) ? await findAsked(tx, conversation.id) : [];
}

/**
 * What decisions mean for the ways into a group: whoever came in has nothing open any more; what somebody who was taken
 * out had opened is shut behind them; and who is still asked sees what the group is called now.
 */
export async function settleInvitations(
  ctx: Context,
  tx: Transaction,
  { conversation, decisions }: Decided,
): Promise<void> {
  const { id: conversationId, uri: roomUri } = conversation;
  const people = decisions.flatMap((one) =>
    one.type === "join" || one.type === "succeed" ? one.personId : [],
  );
  if (people.length > 0) {
    await approveJoinRequests(tx, conversationId, people);
    const which = roomUri === null ? { conversationId } : { roomUri };
    await endInvitations(ctx, tx, { ...which, people, state: "accepted" });
  }
  const gone = decisions.flatMap((one) =>
    one.type === "leave" || one.type === "remove" ? one.personId : one.type === "succeed" ? one.fromId : [],
  );
  // Who agreed once has not agreed to come back.
  if (gone.length > 0 && roomUri !== null)
    await endInvitations(ctx, tx, { roomUri, people: gone, is: "accepted", state: "revoked" });
  for (const { personId } of decisions.filter((one) => one.type === "remove")) {
    await revokeLinks(tx, { conversationId, createdBy: personId }, ctx.now());
    await endInvitations(ctx, tx, { conversationId, inviterId: personId, is: "pending", state: "revoked" });
  }
  if (decisions.some((one) => one.type === "facts" && showsOutside(one)))
    await retellInvitations(ctx, tx, { conversationId });
}
