import type { Transaction } from "#db/connect.ts";
import { findConversation, findMember } from "#db/conversations.ts";
import { findInvitation, findInvited, type ShownInvitation } from "#db/invitations.ts";
import type { ConversationId, InvitationId, PersonId } from "#lib/ids.ts";
import { isAtLeast, mayDo } from "#lib/permissions.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { snapshot } from "../snapshot.ts";
import { transact } from "../transact.ts";
import { endInvitations } from "./invitations.ts";
import { lockGroup } from "./permit.ts";
import { tellServers } from "./tell-server.ts";

/** Most invitations that are listed. */
const LISTED = 200;

/** Loads a group's ways in for those who may invite. Everybody else finds nothing there, or has no right to. */
export async function accessAsInviter(
  tx: Transaction,
  { personId, conversationId }: { personId: PersonId; conversationId: ConversationId },
): Promise<void> {
  const [conversation, member] = await Promise.all([
    findConversation(tx, conversationId),
    findMember(tx, conversationId, personId),
  ]);
  if (conversation?.kind !== "group" || member === null) throw new Refusal("not_found");
  if (!mayDo(member.role, "invite", conversation.permissions)) throw new Refusal("not_permitted");
}

/** Who is invited into a group and has not answered, for those who may invite. */
export async function listInvited(
  ctx: Context,
  input: { personId: PersonId; conversationId: ConversationId },
): Promise<ShownInvitation[]> {
  return await snapshot(ctx, async (tx) => {
    await accessAsInviter(tx, input);
    return await findInvited(tx, input.conversationId, LISTED);
  });
}

/** Takes an invitation back: whoever invited may, and the admins. One that is answered stays as it is. */
export async function revokeInvitation(
  ctx: Context,
  { personId, invitationId }: { personId: PersonId; invitationId: InvitationId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    const found = await findInvitation(tx, invitationId);
    const conversationId = found?.invitation.conversationId ?? null;
    if (found === null || conversationId === null) throw new Refusal("not_found");
    const { conversation, member } = await lockGroup(ctx, tx, {
      ...{ personId, conversationId },
      takesBack: true,
    });
    if (found.invitation.inviterId !== personId && !isAtLeast(member.role, "admin"))
      throw new Refusal("not_permitted");
    const isOpen = (await findInvitation(tx, invitationId))?.invitation.state === "pending";
    if (!isOpen) return;
    const { activityId: undoes } = found.invitation;
    const said = undoes === null ? [] : [{ type: "Undo" as const, undoes, to: found.person }];
    await tellServers(ctx, tx, { actorId: conversation.keeperId!, conversationId, said });
    await endInvitations(ctx, tx, { ids: [invitationId], state: "revoked" });
  });
}
