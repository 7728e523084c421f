import { FORMER } from "#lib/group-limits.ts";
import type { Role } from "#lib/permissions.ts";
import type { Conversation, Member, Person } from "./types.ts";

/** A conversation with somebody who came in. */
export function withJoined(conversation: Conversation, member: Member): Conversation {
  const { members, former } = without(conversation, member.person);
  const others = former.filter(({ id }) => id !== member.person.id);
  return { ...conversation, members: [...members, member], former: others };
}

/** A conversation without somebody who went: the last to go stands first. */
export function without(conversation: Conversation, person: Person): Conversation {
  const others = conversation.former.filter(({ id }) => id !== person.id);
  return {
    ...conversation,
    members: conversation.members.filter((member) => member.person.id !== person.id),
    former: [person, ...others].slice(0, FORMER),
  };
}

/** A conversation in which somebody who is or was there is seen otherwise. */
export function withChanged(conversation: Conversation, person: Person): Conversation {
  const members = conversation.members.map((member) =>
    member.person.id === person.id ? { ...member, person } : member,
  );
  const former = conversation.former.map((each) => (each.id === person.id ? person : each));
  return { ...conversation, members, former };
}

/** A conversation in which somebody has another role. */
export function promoted(conversation: Conversation, { personId, role }: { personId: string; role: Role }) {
  const members = conversation.members.map((member) =>
    member.person.id === personId ? { ...member, role } : member,
  );
  return { ...conversation, members };
}
