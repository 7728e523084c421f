import type { OutgoingActivity } from "#domain/outgoing.ts";
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

/** The same with our own term for what was passed on; a message that was not does without it. */
export const forwardedContext = [
  context[0],
  { ...context[1], luciole: NAMESPACE, chatForwarded: "luciole:chatForwarded" },
] as const;

/** Some servers read an empty audience as the public, so there is none. */
export function addressees(home: Home, { audience }: OutgoingActivity): { to: string[]; cc: string[] } {
  if (audience.length === 0) throw new Error("an activity has no addressee");
  return { to: audience.map((person) => uriOfPerson(home.origin, person)), cc: [] };
}
