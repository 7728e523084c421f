import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Heard } from "#domain/signals.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { actorUri, uriOfConversation } from "../uris.ts";
import { type Home, NAMESPACE } from "./common-out.ts";

const context = [
  "https://www.w3.org/ns/activitystreams",
  {
    luciole: NAMESPACE,
    chatTyping: "luciole:chatTyping",
    chatPresence: "luciole:chatPresence",
    chatState: "luciole:chatState",
  },
] as const;

/** Says that one of our people writes. */
export function translateTyping(
  home: Home,
  typing: {
    personId: PersonId;
    to: readonly string[];
    conversation: { id: ConversationId; uri: string | null };
  },
): JsonObject {
  return {
    "@context": context,
    type: "chatTyping",
    actor: actorUri(home.origin, typing.personId),
    to: typing.to,
    context: uriOfConversation(home.origin, typing.conversation),
  };
}

/** Says whether one of our people is there, and what they say about themselves. */
export function translatePresence(
  home: Home,
  { personId, to, about }: { personId: PersonId; to: readonly string[]; about: Heard },
): JsonObject {
  const { state, status } = about;
  return {
    "@context": context,
    type: "chatPresence",
    actor: actorUri(home.origin, personId),
    to,
    chatState: state,
    ...(status === null ? {} : { summary: status.text }),
    ...(status?.until == null ? {} : { endTime: status.until }),
  };
}
