import type {
  OutgoingBlock,
  OutgoingLike,
  OutgoingMove,
  OutgoingOfSelf,
  OutgoingPin,
  OutgoingRead,
} from "#domain/outgoing/types.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { customEmojiUri, roomPartUri, uriOfConversation, uriOfMessage, uriOfPerson } from "../uris.ts";
import type { Home } from "./common-out.ts";

const reactionContext = [
  "https://www.w3.org/ns/activitystreams",
  {
    toot: "http://joinmastodon.org/ns#",
    Emoji: "toot:Emoji",
    misskey: "https://misskey-hub.net/ns#",
    _misskey_reaction: "misskey:_misskey_reaction",
  },
] as const;

/**
 * A reaction: a `Like` with the emoji as `content` (FEP-c0e0), which Misskey reads from a property of its own. Mastodon
 * shows a favourite. A custom emoji comes with its picture (FEP-9098).
 */
export function translateLike(home: Home, { message, emoji }: OutgoingLike): JsonObject {
  const { text, custom } = emoji;
  const content = custom === null ? text : `:${custom.shortcode}:`;
  const object = uriOfMessage(home.origin, message);
  const reaction = { "@context": reactionContext, object, content, _misskey_reaction: content };
  if (custom === null) return reaction;
  const url = custom.url ?? customEmojiUri(home.origin, custom.id);
  return { ...reaction, tag: [{ type: "Emoji", name: content, icon: { type: "Image", url } }] };
}

/** A pin, as an `Add` to the pins of the conversation or a `Remove` from them; only our own kind knows them. */
export function translatePin(home: Home, { message, conversation }: OutgoingPin): JsonObject {
  return {
    object: uriOfMessage(home.origin, message),
    target: roomPartUri(home.origin, conversation, "pins"),
  };
}

/** How far somebody has read; only our own kind shows it. */
export function translateRead(home: Home, { message, conversation }: OutgoingRead): JsonObject {
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    object: uriOfMessage(home.origin, message),
    context: uriOfConversation(home.origin, conversation),
  };
}

/** A block that the blocked person's server is told of: it names them, and goes to nobody else. */
export function translateBlock(home: Home, { blocked }: OutgoingBlock): JsonObject {
  return { "@context": "https://www.w3.org/ns/activitystreams", object: uriOfPerson(home.origin, blocked) };
}

/** That somebody is seen otherwise now, or is no more. What their actor is now is enclosed by `sayActivity`. */
export function translateOfSelf(home: Home, { actor }: OutgoingOfSelf): JsonObject {
  return { "@context": "https://www.w3.org/ns/activitystreams", object: uriOfPerson(home.origin, actor) };
}

/** That somebody has become another actor (FEP-7628), who says so as well. */
export function translateMove(home: Home, { actor, target }: OutgoingMove): JsonObject {
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    object: uriOfPerson(home.origin, actor),
    target: uriOfPerson(home.origin, target),
  };
}
