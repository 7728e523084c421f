import type { View } from "#domain/read.ts";
import type { ConversationView } from "#protocol/api.ts";
import { previewOf } from "#protocol/preview.ts";
import type { Conversation, Membership } from "#protocol/types.ts";
import { presentDelivery, presentMessage } from "./messages.ts";
import { presentPerson, type Place } from "./people.ts";

/** A conversation with the viewer's own side of it. */
export function presentView(place: Place, view: View): ConversationView {
  return {
    conversation: presentConversation(place, view),
    membership: presentMembership(view),
    deliveries: view.lastDeliveries.map(presentDelivery),
  };
}

/** What only the viewer sees of a conversation. */
export function presentMembership(view: View): Membership {
  const { conversation, member, last, unread } = view;
  return {
    conversationId: conversation.id,
    number: member.number,
    state: member.state,
    readPosition: member.readPosition,
    unread,
    receipts: presentReceipts(view),
    sharing: { receipts: member.receipts, typing: member.typing, presence: member.presence },
    lastMessage: last === null ? null : previewOf(presentMessage({ ...last, reactions: [] })),
    activityAt: view.activityAt.toISOString(),
  };
}

/** Others' read marks, for whoever shows their own and has accepted. */
function presentReceipts({ member, members, sharesReceipts }: View): Membership["receipts"] {
  if (!sharesReceipts || member.state !== "accepted") return {};
  const shown = members.filter(
    ({ person, shownPosition }) => person.id !== member.personId && shownPosition > 0,
  );
  return Object.fromEntries(shown.map(({ person, shownPosition }) => [person.id, shownPosition]));
}

function presentConversation(place: Place, view: View): Conversation {
  const { id, kind, title, revision, createdAt } = view.conversation;
  return {
    id,
    kind,
    title,
    members: view.members.map(({ role, person, successor }) => {
      return { role, person: presentPerson(place, person, successor) };
    }),
    revision,
    lastPosition: view.lastPosition,
    createdAt: createdAt.toISOString(),
  };
}
