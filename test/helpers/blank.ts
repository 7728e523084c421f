import type { Conversation } from "#protocol/types.ts";

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
  host: null,
  members: [],
  former: [],
  revision: 1,
  lastPosition: 0,
  createdAt: "2026-01-01T09:00:00.000Z",
};
