import { insertInvitations, findInvitationByUri, stampInvitations } from "#db/invitations.ts";
import { findActiveLocalById, type PersonRow } from "#db/people.ts";
import { lockUri } from "#db/inbound.ts";
import { findBlocks } from "#db/relations.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { limitInvitations } from "../requests/quota.ts";
import { transact } from "../transact.ts";
import { endInvitations, tellInvited } from "./invitations.ts";

export interface ReceiveInvitation {
  /** The id of the `Invite`. */
  uri: string;
  /** The actor that speaks for the group. */
  keeper: PersonRow;
  /** Who asks, by the keeper's word. */
  inviter: PersonRow;
  personId: PersonId;
  room: { uri: string; title: string };
}

/**
 * Notes that somebody here is asked into a group of another server; a newer one takes the place of an older one. Refuses
 * `blocked`, which nobody is shown, what comes from somebody whom they block, and `invitation_rejected` who asks again.
 */
export async function receiveInvitation(ctx: Context, input: ReceiveInvitation): Promise<void> {
  const { uri, keeper, inviter, personId, room } = input;
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    if ((await findInvitationByUri(tx, uri)) !== null) return;
    const person = await findActiveLocalById(tx, personId);
    if (person === null) throw new Refusal("not_local");
    const asking = { inviter, keeper, conversationId: null, roomUri: room.uri, people: [person] };
    const invitee = (await limitInvitations(ctx, tx, asking)).get(personId)!;
    if (invitee.hasRejected) throw new Refusal("invitation_rejected");
    const blocks = await findBlocks(tx, [personId, inviter.id, keeper.id]);
    if (blocks.some(({ blockerId }) => blockerId === personId)) throw new Refusal("blocked");
    const which = { roomUri: room.uri, people: [personId], is: "pending" as const };
    await endInvitations(ctx, tx, { ...which, state: "revoked" });
    const createdAt = ctx.now();
    const row = { id: newId<"invitation">(), personId, inviterId: inviter.id, keeperId: keeper.id };
    const { uri: roomUri, title } = room;
    await insertInvitations(tx, [
      { ...row, uri, roomUri, title, state: "pending", createdAt, changedAt: createdAt },
    ]);
    tellInvited(tx, await stampInvitations(tx, [row]));
  });
}

/** Notes that the server that keeps a group takes an invitation back; another's word counts for nothing. */
export async function receiveRevocation(
  ctx: Context,
  { uri, keeperId }: { uri: string; keeperId: PersonId },
): Promise<void> {
  await transact(ctx, async (tx) => {
    await lockUri(tx, uri);
    const found = await findInvitationByUri(tx, uri);
    if (found === null || found.keeperId !== keeperId) throw new Refusal("not_found");
    await endInvitations(ctx, tx, { ids: [found.id], state: "revoked" });
  });
}
