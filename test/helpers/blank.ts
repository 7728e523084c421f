import type { Membership, Conversation } from "#protocol/types.ts";

/** A conversation of which a test says only what matters to it. */
export const blankConversation: Conversation = {
  id: "c",
  kind: "direct",
  title: null,
  description: "",
  picture: null,
  permissions: null,
  history: "joined",
  state: "open",
  epoch: 0,
  expireAfter: null,
  host: null,
  members: [],
  former: [],
  revision: 1,
  lastPosition: 0,
  createdAt: "2026-01-01T09:00:00.000Z",
};

/** A side of a conversation of which nothing is known. */
export const blankMembership: Membership = {
  conversationId: "c",
  number: 0,
  state: "accepted",
  readPosition: 0,
  unread: 0,
  unreadMentions: 0,
  historyAfter: 0,
  markedUnread: false,
  pinnedAt: null,
  archivedAt: null,
  mute: null,
  folderIds: [],
  receipts: {},
  sharing: { receipts: null, typing: null, presence: null },
  lastMessage: null,
  activityAt: "2026-01-01T10:00:00.000Z",
};
