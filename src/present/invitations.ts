import type { ShownInvitation } from "#domain/groups/invitations.ts";
import type { OfferElsewhere } from "#domain/groups/join-elsewhere.ts";
import type { InviteLinkRow, LinkPreview, ShownJoinRequest } from "#domain/groups/links.ts";
import { joinLinkUrl } from "#lib/join-link.ts";
import type { JoinPreview } from "#protocol/api.ts";
import type { Invitation, InviteLink, JoinRequest } from "#protocol/invitations.ts";
import { picturePath } from "./conversations.ts";
import { presentPerson, type Place } from "./people.ts";

/** An invitation, for whom it is about and for those who may invite. */
export function presentInvitation(place: Place, shown: ShownInvitation): Invitation {
  const { invitation, group, keeperHost } = shown;
  const { id, conversationId, state, createdAt } = invitation;
  return {
    id,
    conversationId,
    title: group?.title ?? invitation.title ?? "",
    picture: picturePath(group?.pictureId ?? null),
    host: keeperHost,
    person: presentPerson(place, shown.person),
    inviter: presentPerson(place, shown.inviter),
    state,
    createdAt: createdAt.toISOString(),
  };
}

/** An address by which people come in, for those who may invite. */
export function presentLink({ origin }: Place, row: InviteLinkRow): InviteLink {
  const { id, code, uses, used, approval, createdBy } = row;
  const [expiresAt, revokedAt] = [row.expiresAt, row.revokedAt].map((at) => at?.toISOString() ?? null);
  return {
    id,
    url: joinLinkUrl({ origin, code }),
    uses,
    used,
    expiresAt: expiresAt!,
    approval,
    createdBy,
    revokedAt: revokedAt!,
  };
}

/** What is seen of a group before one comes in. */
export function presentPreview({ link, group, members }: LinkPreview): JoinPreview {
  const { title, pictureId } = group;
  const picture = picturePath(pictureId);
  return { title: title ?? "", picture, members, approval: link.approval, host: null };
}

/** The same of a group that another server keeps. */
export function presentOffer({ title, members, approval, keeper }: OfferElsewhere): JoinPreview {
  return { title, picture: null, members, approval, host: keeper.host };
}

/** Somebody who asks to be let in, for those who may invite. */
export function presentJoinRequest(
  place: Place,
  { request, person, successor }: ShownJoinRequest,
): JoinRequest {
  const { createdAt, linkId } = request;
  return { person: presentPerson(place, person, successor), at: createdAt.toISOString(), linkId };
}
