import { isOfSelf, type OutgoingActivity } from "#domain/outgoing/types.ts";
import { uriOfPerson } from "../uris.ts";

/** Who we are, as far as addresses need it. */
export interface Home {
  readonly origin: string;
  readonly host: string;
}

/** Under which our own terms stand; no document is to be had there. */
export const NAMESPACE = "urn:luciole:ns#";

/** ActivityStreams, and the few terms beside it that private messages need; others are never fetched for ours. */
export const context = [
  "https://www.w3.org/ns/activitystreams",
  {
    ostatus: "http://ostatus.org#",
    conversation: "ostatus:conversation",
    litepub: "http://litepub.social/ns#",
    directMessage: "litepub:directMessage",
    sensitive: "as:sensitive",
  },
] as const;

/** The same for a message in the form of Pleroma's chats. */
export const chatContext = [context[0], { ...context[1], ChatMessage: "litepub:ChatMessage" }] as const;

/** Our own terms of messages; a message that needs none does without them. */
const ownTerms = { chatForwarded: "luciole:chatForwarded", chatEpoch: "luciole:chatEpoch" } as const;

/** The same with those terms of our own that a message needs. */
export function contextWith(names: readonly (keyof typeof ownTerms)[]) {
  if (names.length === 0) return context;
  const own = Object.fromEntries(names.map((name) => [name, ownTerms[name]]));
  return [context[0], { ...context[1], luciole: NAMESPACE, ...own }] as const;
}

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/**
 * Some servers read an empty audience as the public, so there is none. What somebody tells of themselves is no secret,
 * but whom they tell is: a list would name to each server whom they know elsewhere.
 */
export function addressees(home: Home, { type, audience }: OutgoingActivity): { to: string[]; cc: string[] } {
  if (isOfSelf(type)) return { to: [PUBLIC], cc: [] };
  if (audience.length === 0) throw new Error("an activity has no addressee");
  return { to: audience.map((person) => uriOfPerson(home.origin, person)), cc: [] };
}
