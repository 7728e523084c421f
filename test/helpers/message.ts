import type { Message } from "#protocol/types.ts";

type Said = Pick<Message, "id" | "authorId" | "position">;

/** A message as the server shows it, of which only what is given was ever done. */
export function messageOf(said: Said & Partial<Message>): Message {
  const at = "2026-01-01T10:00:00.000Z";
  return {
    conversationId: "c",
    revision: said.position,
    sentAt: at,
    receivedAt: said.sentAt ?? at,
    editedAt: null,
    deletedAt: null,
    expiresAt: null,
    expired: false,
    body: { text: "" },
    inReplyTo: null,
    mentions: [],
    onlyTo: null,
    alsoTo: [],
    late: false,
    deletedBy: null,
    vouched: false,
    unlogged: false,
    forwarded: false,
    pinned: null,
    reactions: [],
    notice: null,
    key: null,
    ...said,
  };
}
