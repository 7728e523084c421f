import type { ConversationState } from "#protocol/state.ts";
import type { Conversation, Person } from "#protocol/types.ts";

/** The other person of a direct conversation; oneself in a conversation with nobody else. */
export function peerOf(conversation: Conversation, me: string): Person | undefined {
  return othersOf(conversation, me)[0] ?? conversation.members[0]?.person;
}

/** The other one of a conversation of two; of more, alone or in a group, there is none. */
export function directPeer(conversation: Conversation, me: string): Person | undefined {
  if (conversation.kind === "group") return undefined;
  const others = othersOf(conversation, me);
  return others.length === 1 ? others[0] : undefined;
}

export function othersOf(conversation: Conversation, me: string): Person[] {
  return conversation.members.map(({ person }) => person).filter(({ id }) => id !== me);
}

/** Whoever is or was in a conversation, as far as the viewer knows of them. */
export function personOf(conversation: Conversation, id: string): Person | undefined {
  let people = peopleById.get(conversation);
  if (people === undefined) {
    const members = conversation.members.map(({ person }) => person);
    people = new Map([...conversation.former, ...members].map((person) => [person.id, person]));
    peopleById.set(conversation, people);
  }
  return people.get(id);
}

/** Each row of a conversation asks who its author is, and there may be a thousand. */
const peopleById = new WeakMap<Conversation, ReadonlyMap<string, Person>>();

/** Everybody whom these conversations know of, by id. */
export function everybodyIn(conversations: readonly ConversationState[]): Map<string, Person> {
  const members = conversations.flatMap(({ conversation }) => conversation.members);
  return new Map(members.map(({ person }) => [person.id, person]));
}

/** All that somebody can be found by: also what they were called until a while ago. */
export function calledBy({ address, name, formerly }: Person): string[] {
  return formerly === null ? [address, name] : [address, name, formerly];
}

/** Whether its people must be told apart: two always know who speaks. */
export function isGroup({ kind, members }: Conversation): boolean {
  return kind === "group" || members.length > 2;
}

/** The servers whose operators can read a conversation that is not encrypted; ours (`own`) first. */
export function readersOf(conversation: Conversation, own: string): string[] {
  const others = conversation.members.map(({ person }) => person.host).filter((host) => host !== null);
  return [...new Set([own, ...others])];
}

/** The conversations whose title, or the name or address of one of whose people, has what is typed. */
export function findConversations(
  conversations: readonly ConversationState[],
  typed: string,
  titleOf: (conversation: Conversation) => string,
): ConversationState[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return conversations.filter(({ conversation }) => {
    const names = conversation.members.flatMap(({ person }) => calledBy(person));
    return [titleOf(conversation), ...names].some((text) => text.toLocaleLowerCase().includes(wanted));
  });
}
