import type { OutgoingActivity } from "#domain/lanes.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { activityUri, addressOf, uriOfConversation, uriOfMessage, uriOfPerson } from "../uris.ts";
import { textToHtml } from "./text-to-html.ts";

/** Who we are, as far as addresses need it. */
export interface Home {
  readonly origin: string;
  readonly host: string;
}

/** ActivityStreams, and the few terms beside it that private messages need; others are never fetched for ours. */
const context = [
  "https://www.w3.org/ns/activitystreams",
  {
    ostatus: "http://ostatus.org#",
    conversation: "ostatus:conversation",
    litepub: "http://litepub.social/ns#",
    directMessage: "litepub:directMessage",
    sensitive: "as:sensitive",
  },
] as const;

/** A version was deleted before it could be told; the deletion itself is told by an activity of its own. */
export class VersionGone extends Error {
  constructor() {
    super("the version that an activity tells of was deleted");
    this.name = "VersionGone";
  }
}

/** Says one activity of ours in ActivityStreams (Create, Update or Delete of a Note). Throws VersionGone. */
export function translateActivity(home: Home, outgoing: OutgoingActivity): JsonObject {
  return {
    "@context": context,
    id: activityUri(home.origin, outgoing.id),
    type: outgoing.type,
    actor: uriOfPerson(home.origin, outgoing.actor),
    ...addressees(home, outgoing),
    published: outgoing.createdAt.toISOString(),
    directMessage: true,
    object: outgoing.type === "Delete" ? tombstone(home, outgoing) : note(home, outgoing),
  };
}

/** Says one message of ours as it stands: a Note, or a Tombstone once it is deleted. Throws VersionGone. */
export function translateMessage(home: Home, outgoing: OutgoingActivity): JsonObject {
  const isDeleted = outgoing.message.deletedAt !== null;
  return { "@context": context, ...(isDeleted ? tombstone(home, outgoing) : note(home, outgoing)) };
}

/** Says that an activity of ours was, and that its message is deleted. */
export function translateGone(home: Home, outgoing: OutgoingActivity): JsonObject {
  return {
    "@context": context,
    id: activityUri(home.origin, outgoing.id),
    type: "Tombstone",
    formerType: outgoing.type,
  };
}

function note(home: Home, outgoing: OutgoingActivity): JsonObject {
  const { message, version, inReplyTo, audience, type } = outgoing;
  if (version === null) throw new VersionGone();
  const id = uriOfMessage(home.origin, { id: message.id, uri: null });
  const room = uriOfConversation(home.origin, outgoing.conversation);
  return {
    id,
    type: "Note",
    attributedTo: uriOfPerson(home.origin, outgoing.actor),
    ...addressees(home, outgoing),
    published: message.sentAt.toISOString(),
    ...(type === "Update" ? { updated: version.at.toISOString() } : {}),
    url: id,
    content: textToHtml(version.text),
    source: { content: version.text, mediaType: "text/markdown" },
    sensitive: false,
    directMessage: true,
    context: room,
    conversation: room,
    ...(inReplyTo === null ? {} : { inReplyTo: uriOfMessage(home.origin, inReplyTo) }),
    // Without a Mention, Mastodon files a message as a limited post: no conversation, no notification.
    tag: audience.map((person) => ({
      type: "Mention",
      href: uriOfPerson(home.origin, person),
      name: addressOf(home.host, person),
    })),
  };
}

function tombstone(home: Home, { message }: OutgoingActivity): JsonObject {
  return {
    id: uriOfMessage(home.origin, { id: message.id, uri: null }),
    type: "Tombstone",
    formerType: "Note",
    ...(message.deletedAt === null ? {} : { deleted: message.deletedAt.toISOString() }),
  };
}

/** Some servers read an empty audience as the public, so there is none. */
function addressees(home: Home, { audience }: OutgoingActivity): { to: string[]; cc: string[] } {
  if (audience.length === 0) throw new Error("an activity has no addressee");
  return { to: audience.map((person) => uriOfPerson(home.origin, person)), cc: [] };
}
