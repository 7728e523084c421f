import type { Transaction } from "#db/connect.ts";
import { lockConversations } from "#db/conversations.ts";
import { deleteJoinRequest } from "#db/invite-links.ts";
import { findOwnInvitation, type InvitationRow, type OwnInvitation } from "#db/invitations.ts";
import { findPersonById } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { requireStays } from "../voice.ts";
import { admit } from "./admit.ts";
import { endInvitations } from "./invitations.ts";
import { tellServers } from "./tell-server.ts";

export interface AnswerInvitation {
  personId: PersonId;
  /** By its id, or by that of our activity, which other servers know. */
  invitation: OwnInvitation;
  answer: "accepted" | "rejected";
}

/** What came of it: where they are now, or that another server, which keeps the group, was told. */
export interface Answered {
  conversationId: ConversationId | null;
  state: "joined" | "asked" | "rejected";
}

/** Takes up an invitation or rejects it, or takes one's own question back. The same answer twice changes nothing. */
export async function answerInvitation(ctx: Context, input: AnswerInvitation): Promise<Answered> {
  return await transact(ctx, async (tx) => {
    const found = await access(tx, input);
    const ids = found.conversationId === null ? [] : [found.conversationId];
    const [conversation] = await lockConversations(tx, ids);
    const invitation = await access(tx, input);
    const { id, conversationId, state } = invitation;
    const { answer } = input;
    if (answer === "accepted") await requireStays(tx, input.personId);
    if (state === "refused" && answer === "rejected") {
      // They have seen it.
      await endInvitations(ctx, tx, { ids: [id], is: state, state: answer });
      return { conversationId, state: answer };
    }
    if (invitation.keeperId !== null) return await answerKeeper(ctx, tx, { invitation, answer });
    const answered = { conversationId, state: answer === "accepted" ? "joined" : answer } as const;
    if (state === answer) return answered;
    if (state === "asked" && answer === "rejected") {
      await deleteJoinRequest(tx, { conversationId: conversationId!, personId: input.personId });
      await endInvitations(ctx, tx, { ids: [id], state: "revoked" });
      return answered;
    }
    if (state !== "pending") throw new Refusal("stale");
    if (answer === "rejected") await endInvitations(ctx, tx, { ids: [id], state: answer });
    else {
      const people = [{ personId: invitation.personId, by: invitation.inviterId }];
      await admit(ctx, tx, { conversation: conversation!, people });
    }
    return answered;
  });
}

async function access(tx: Transaction, { personId, invitation }: AnswerInvitation): Promise<InvitationRow> {
  const found = await findOwnInvitation(tx, personId, invitation);
  if (found === null) throw new Refusal("not_found");
  return found;
}

/** Tells the server that keeps the group; who comes into it is for that to say. */
async function answerKeeper(
  ctx: Context,
  tx: Transaction,
  { invitation, answer }: { invitation: InvitationRow; answer: AnswerInvitation["answer"] },
): Promise<Answered> {
  const { id, personId, conversationId, keeperId, uri } = invitation;
  const answered = { conversationId, state: answer === "accepted" ? "asked" : answer } as const;
  if (invitation.state === answer) return answered;
  const to = (await findPersonById(tx, keeperId!))!;
  if (invitation.state === "asked" && answer === "rejected") {
    const said = [{ type: "Undo" as const, undoes: invitation.activityId!, to }];
    await tellServers(ctx, tx, { actorId: personId, conversationId, said });
    await endInvitations(ctx, tx, { ids: [id], state: "revoked" });
    return answered;
  }
  if (invitation.state !== "pending") throw new Refusal("stale");
  const type = answer === "accepted" ? "Accept" : "Reject";
  await tellServers(ctx, tx, {
    actorId: personId,
    conversationId,
    said: [{ type, detail: { object: uri! }, to }],
  });
  await endInvitations(ctx, tx, { ids: [id], state: answer });
  return answered;
}
