import type { ConversationState } from "#protocol/state.ts";
import type { Conversation, Person } from "#protocol/types.ts";

/** The other person of a direct conversation; oneself in a conversation with nobody else. */
export function peerOf(conversation: Conversation, me: string): Person | undefined {
  return othersOf(conversation, me)[0] ?? conversation.members[0]?.person;
}

/** The other one of a conversation of two; of more, or alone, there is none. */
export function directPeer(conversation: Conversation, me: string): Person | undefined {
  const others = othersOf(conversation, me);
  return others.length === 1 ? others[0] : undefined;
}

export function othersOf(conversation: Conversation, me: string): Person[] {
  return conversation.members.map(({ person }) => person).filter(({ id }) => id !== me);
}

export function personOf(conversation: Conversation, id: string): Person | undefined {
  return conversation.members.find(({ person }) => person.id === id)?.person;
}

/** Whether its people must be told apart: two always know who speaks. */
export function isGroup(conversation: Conversation): boolean {
  return conversation.members.length > 2;
}

/** The servers whose operators can read a conversation that is not encrypted; ours (`own`) first. */
export function readersOf(conversation: Conversation, own: string): string[] {
  const others = conversation.members.map(({ person }) => person.host).filter((host) => host !== null);
  return [...new Set([own, ...others])];
}

/** The conversations whose title, or the address of one of whose people, has what is typed. */
export function findConversations(
  conversations: readonly ConversationState[],
  typed: string,
  titleOf: (conversation: Conversation) => string,
): ConversationState[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return conversations.filter(({ conversation }) => {
    const addresses = conversation.members.map(({ person }) => person.address);
    return [titleOf(conversation), ...addresses].some((text) => text.toLocaleLowerCase().includes(wanted));
  });
}
