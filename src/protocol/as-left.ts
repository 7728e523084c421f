import type { Conversation, ConversationFacts, Message } from "./types.ts";

/** What a group says of itself to whoever went, besides what it was called. */
const unknown: Omit<ConversationFacts, "title"> = {
  description: "",
  picture: null,
  permissions: null,
  history: "joined",
  state: "open",
  epoch: 0,
  expireAfter: null,
};

/** What a group says of itself to whoever went, whatever it says to its members. */
export function factsAsLeft(title: string | null): ConversationFacts {
  return { ...unknown, title };
}

/** A group as whoever went keeps it: who was in it, and what it was called, but not what may be done in it since. */
export function conversationAsLeft(conversation: Conversation): Conversation {
  return {
    ...conversation,
    ...unknown,
    members: conversation.members.map((member) => ({ ...member, role: "member" })),
  };
}

/** A message as whoever went keeps it: its words, and not what others do to it. */
export function messageAsLeft(message: Message, leftRevision: number): Message {
  return { ...message, revision: leftRevision, reactions: [], pinned: null, deletedBy: null };
}
