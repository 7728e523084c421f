import type { Conversation, Person } from "#protocol/types.ts";
import { othersOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";

/** What somebody is called; whoever is gone has no name any more, and of whom nothing is known neither. */
export function nameOf(person: Pick<Person, "name" | "state"> | undefined): string {
  if (person === undefined) return t("message.unknownAuthor");
  return person.state === "deleted" ? t("person.deleted") : person.name;
}

/** What a conversation is called for its viewer. */
export function titleOf(conversation: Conversation, me: string): string {
  if (conversation.title !== null) return conversation.title;
  const others = othersOf(conversation, me);
  return (others.length > 0 ? others : conversation.members.map(({ person }) => person))
    .map(nameOf)
    .join(", ");
}
