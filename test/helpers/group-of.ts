import { answerInvitation } from "#domain/groups/answer-invitation.ts";
import { createGroup } from "#domain/groups/create.ts";
import { invitePerson } from "#domain/groups/invite.ts";
import type { PersonRow } from "#domain/people.ts";
import type { ConversationId } from "#lib/ids.ts";
import type { World } from "./world.ts";

/** A group that somebody made, into which others of this server were invited and came. */
export async function groupOf(
  { ctx }: World,
  [owner, ...others]: readonly [PersonRow, ...PersonRow[]],
): Promise<ConversationId> {
  const conversationId = await createGroup(ctx, { personId: owner.id, title: "Trip" });
  for (const { id: inviteeId } of others) {
    const id = (await invitePerson(ctx, { personId: owner.id, conversationId, inviteeId }))!;
    await answerInvitation(ctx, { personId: inviteeId, invitation: { id }, answer: "accepted" });
  }
  return conversationId;
}
