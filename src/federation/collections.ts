import type { OutgoingMessage } from "#domain/outgoing/types.ts";
import type { PersonRow } from "#domain/people.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { Home } from "./translate/common-out.ts";
import {
  actorUri,
  collectionUri,
  uriOfMessage,
  uriOfPerson,
  type ActorCollection,
  type MessageCollection,
} from "./uris.ts";

/** One of an actor's collections: what people write here is private, and nobody is followed. */
export function describeCollection(
  { origin }: Home,
  person: PersonRow,
  collection: ActorCollection,
): JsonObject {
  const isOrdered = collection === "outbox" || collection === "featured";
  const attributedTo = actorUri(origin, person.id);
  return empty(isOrdered ? "OrderedCollection" : "Collection", {
    id: collectionUri(origin, person.id, collection),
    attributedTo,
  });
}

/** What a message has of answers, likes and boosts that anybody may look at. */
export function describeMessageCollection(
  { origin }: Home,
  { message, actor }: OutgoingMessage,
  collection: MessageCollection,
): JsonObject {
  return empty("Collection", {
    id: `${uriOfMessage(origin, { id: message.id, uri: null })}/${collection}`,
    attributedTo: uriOfPerson(origin, actor),
  });
}

/** Without pages, so that whoever asks is done with one request. */
function empty(type: "Collection" | "OrderedCollection", named: JsonObject): JsonObject {
  const nothing = type === "Collection" ? { items: [] } : { orderedItems: [] };
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    type,
    ...named,
    totalItems: 0,
    ...nothing,
  };
}
