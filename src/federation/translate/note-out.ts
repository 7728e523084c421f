import type { OutgoingActivity, OutgoingMessage } from "#domain/outgoing/types.ts";
import { firstGraphemes } from "#lib/graphemes.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import type { Mention } from "#lib/markdown-inline.ts";
import { findMentioned } from "#lib/mention.ts";
import { activityUri, addressOf, profileUri, uriOfConversation, uriOfMessage, uriOfPerson } from "../uris.ts";
import { addressees, chatContext, context, contextWith, type Home } from "./common-out.ts";
import { textToHtml } from "./text-to-html.ts";

/** A version was deleted before it could be told; the deletion itself is told by an activity of its own. */
export class VersionGone extends Error {
  constructor() {
    super("the version that an activity tells of was deleted");
    this.name = "VersionGone";
  }
}

/** Says one message of ours as it stands: a Note, or a Tombstone once it is deleted. Throws VersionGone. */
export function translateMessage(home: Home, outgoing: OutgoingMessage): JsonObject {
  const isDeleted = outgoing.message.deletedAt !== null;
  const object = isDeleted ? tombstone(home, outgoing) : said(home, outgoing);
  return { "@context": contextOf(outgoing), ...object };
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

/** The terms that a message needs. */
export function contextOf({ message, type }: OutgoingMessage) {
  if (message.form === "ChatMessage") return chatContext;
  return contextWith(type === "Delete" ? [] : ownTermsOf(message));
}

function ownTermsOf({ forwarded, chatEpoch }: OutgoingMessage["message"]) {
  const names = [forwarded && ("chatForwarded" as const), chatEpoch !== null && ("chatEpoch" as const)];
  return names.filter((name) => name !== false);
}

/** A message as it was said, in its form. Throws VersionGone. */
export function said(home: Home, outgoing: OutgoingMessage): JsonObject {
  return outgoing.message.form === "Note" ? note(home, outgoing) : chatMessage(home, outgoing);
}

/**
 * A message between two, as Pleroma and older Lemmy have it: it has one recipient, and answers nothing in particular.
 * Throws VersionGone.
 */
function chatMessage(home: Home, outgoing: OutgoingMessage): JsonObject {
  const {
    url: _url,
    tag: _tag,
    inReplyTo: _parent,
    chatForwarded: _own,
    chatEpoch: _epoch,
    ...common
  } = note(home, outgoing);
  if (outgoing.audience.length !== 1) throw new Error("a chat message has one recipient");
  return { ...common, type: "ChatMessage", actor: uriOfPerson(home.origin, outgoing.actor) };
}

/** Throws VersionGone. */
function note(home: Home, outgoing: OutgoingMessage): JsonObject {
  const { message, version, inReplyTo, audience, type } = outgoing;
  if (version === null) throw new VersionGone();
  const text = quoted(home, outgoing) + version.text;
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
    content: textToHtml(text, (mention) => profileOf(home, outgoing, mention)),
    source: { content: text, mediaType: "text/markdown" },
    sensitive: false,
    directMessage: true,
    ...(message.forwarded ? { chatForwarded: true } : {}),
    ...(message.chatEpoch === null ? {} : { chatEpoch: message.chatEpoch }),
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

/** The profile of whom a message names among those who have it; where we have not heard of a profile, their id. */
function profileOf(home: Home, { audience, actor }: OutgoingMessage, mention: Mention): string | null {
  const people = [...audience, actor];
  const person = findMentioned(mention, people, { ours: home.host, author: home.host });
  if (person === undefined) return null;
  return person.profileUrl ?? person.uri ?? profileUri(home.origin, person.handle);
}

/** Characters of a message that are quoted to those who never got it. */
const QUOTED = 200;

/** What a message answers, for readers who never got that: its beginning as a quotation, in Markdown. */
function quoted(home: Home, { quote }: OutgoingMessage): string {
  if (quote === null) return "";
  const { text, author } = quote;
  const shown = firstGraphemes(text, QUOTED);
  const lines = `${addressOf(home.host, author)}:\n${shown}${shown === text ? "" : "…"}`;
  return `${lines.replaceAll(/^/gm, "> ")}\n\n`;
}

export function tombstone(home: Home, { message }: OutgoingMessage): JsonObject {
  return {
    id: uriOfMessage(home.origin, { id: message.id, uri: null }),
    type: "Tombstone",
    formerType: message.form,
    ...(message.deletedAt === null ? {} : { deleted: message.deletedAt.toISOString() }),
  };
}
