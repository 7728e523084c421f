import type { Conversation, Message } from "./types.ts";

/** A group as whoever went keeps it: who was in it, and what it was called, but not what may be done in it since. */
export function conversationAsLeft(conversation: Conversation): Conversation {
  return {
    ...conversation,
    description: "",
    picture: null,
    permissions: null,
    history: "joined",
    state: "open",
    epoch: 0,
    expireAfter: null,
    members: conversation.members.map((member) => ({ ...member, role: "member" })),
  };
}

/** A message as whoever went keeps it: its words, and not what others do to it. */
export function messageAsLeft(message: Message, leftRevision: number): Message {
  return { ...message, revision: leftRevision, reactions: [], pinned: null };
}
