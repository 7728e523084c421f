import type { Left } from "#domain/moving/move-away.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { collectionUri, uriOfConversation, uriOfPerson } from "../uris.ts";
import { NAMESPACE, type Home } from "./common-out.ts";

const context = [
  "https://www.w3.org/ns/activitystreams",
  {
    luciole: NAMESPACE,
    chatBlocked: { "@id": "luciole:chatBlocked", "@type": "@id", "@container": "@set" },
    chatGroups: { "@id": "luciole:chatGroups", "@container": "@set" },
  },
] as const;

/** Whom and which groups somebody leaves to the account that they have become. */
export function translateLeft(
  { origin }: Home,
  { person, successor, contacts, blocked, groups }: Left,
): JsonObject {
  return {
    "@context": context,
    id: collectionUri(origin, person.id, "left"),
    type: "Collection",
    attributedTo: uriOfPerson(origin, person),
    audience: uriOfPerson(origin, successor),
    totalItems: contacts.length,
    items: contacts.map((one) => uriOfPerson(origin, one)),
    chatBlocked: blocked.map((one) => uriOfPerson(origin, one)),
    chatGroups: groups.map((room) => ({
      id: uriOfConversation(origin, room),
      type: "OrderedCollection",
      attributedTo: uriOfPerson(origin, room.keeper),
    })),
  };
}
