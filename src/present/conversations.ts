import type { GroupFacts } from "#domain/facts.ts";
import type { View } from "#domain/read.ts";
import type { ConversationView } from "#protocol/api.ts";
import { previewOf } from "#protocol/preview.ts";
import { conversationAsLeft, messageAsLeft } from "#protocol/as-left.ts";
import type { Conversation, ConversationFacts, Membership } from "#protocol/types.ts";
import { presentDraft } from "./list.ts";
import { presentDelivery, presentMessage } from "./messages.ts";
import { presentPerson, type Place } from "./people.ts";

/** A conversation with the viewer's own side of it. */
export function presentView(place: Place, view: View): ConversationView {
  return {
    conversation: presentConversation(place, view),
    membership: presentMembership(view),
    deliveries: view.lastDeliveries.map(presentDelivery),
    draft: view.draft && presentDraft(view.draft),
  };
}

/** What only the viewer sees of a conversation. */
export function presentMembership(view: View): Membership {
  const { conversation, member, unread, unreadMentions, archivedAt, folderIds } = view;
  const { mute: mode, muteUntil } = member;
  return {
    conversationId: conversation.id,
    number: member.number,
    state: member.state,
    historyAfter: member.historyAfter,
    readPosition: member.readPosition,
    unread,
    unreadMentions,
    markedUnread: member.markedUnread,
    pinnedAt: member.pinnedAt?.toISOString() ?? null,
    archivedAt: archivedAt?.toISOString() ?? null,
    mute: mode && { mode, until: muteUntil?.toISOString() ?? null },
    folderIds,
    receipts: presentReceipts(view),
    sharing: { receipts: member.receipts, typing: member.typing, presence: member.presence },
    lastMessage: presentLast(view),
    activityAt: view.activityAt.toISOString(),
  };
}

function presentLast({ last, member: { leftRevision } }: View): Membership["lastMessage"] {
  if (last === null) return null;
  const message = presentMessage(last);
  return previewOf(leftRevision === null ? message : messageAsLeft(message, leftRevision));
}

/** Others' read marks, for whoever shows their own and has accepted. */
function presentReceipts({ member, members, sharesReceipts }: View): Membership["receipts"] {
  if (!sharesReceipts || member.state !== "accepted") return {};
  const shown = members.filter(
    ({ person, shownPosition }) => person.id !== member.personId && shownPosition > 0,
  );
  return Object.fromEntries(shown.map(({ person, shownPosition }) => [person.id, shownPosition]));
}

/** Where the picture of a group is to be had on this server. */
export function picturePath(id: string | null): string | null {
  return id === null ? null : `/pictures/${id}`;
}

/** What a group says of itself. */
export function presentFacts({
  title,
  description,
  pictureId,
  permissions,
  history,
  state,
  chatEpoch,
  expireAfter,
}: GroupFacts): ConversationFacts {
  const picture = picturePath(pictureId);
  return { title, description, picture, permissions, history, state, epoch: chatEpoch, expireAfter };
}

function presentConversation(place: Place, view: View): Conversation {
  const { leftTitle: title, leftRevision: revision } = view.member;
  const presented = presentWhole(place, view);
  return revision === null ? presented : conversationAsLeft({ ...presented, title, revision });
}

function presentWhole(place: Place, view: View): Conversation {
  const { id, kind, revision, createdAt } = view.conversation;
  return {
    id,
    kind,
    ...presentFacts(view.conversation),
    host: view.keeperHost,
    members: view.members.map(({ role, person, successor }) => {
      return { role, person: presentPerson(place, person, successor) };
    }),
    former: view.former.map(({ person, successor }) => presentPerson(place, person, successor)),
    revision,
    lastPosition: view.lastPosition,
    createdAt: createdAt.toISOString(),
  };
}
