import type { Copy } from "#domain/groups/copy.ts";
import type { Room } from "#domain/groups/room.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { copyUri, uriOfConversation, uriOfMessage, uriOfPerson } from "../uris.ts";
import type { Home } from "./common-out.ts";
import { copyContext } from "./room-terms.ts";
import { textToHtml } from "./text-to-html.ts";

/** What the log of a group of ours has under a number, in the words of its author and under the name of this server. */
export function translateCopy(
  home: Home,
  { room, seq, copy }: { room: Room; seq: number; copy: Copy },
): JsonObject {
  const context = uriOfConversation(home.origin, room);
  return {
    "@context": copyContext,
    id: copyUri(context, seq),
    type: "Object",
    attributedTo: uriOfPerson(home.origin, room.keeper),
    context,
    chatSeq: seq,
    chatCopy: noteOf(home, copy, context),
  };
}

function noteOf(
  { origin }: Home,
  { message, author, audience, body, inReplyTo }: Copy,
  context: string,
): JsonObject {
  const typed = body.html === null ? { source: { content: body.text, mediaType: "text/markdown" } } : {};
  return {
    id: uriOfMessage(origin, message),
    type: message.form,
    attributedTo: uriOfPerson(origin, author),
    to: audience.map((person) => uriOfPerson(origin, person)),
    cc: [],
    published: message.sentAt.toISOString(),
    content: body.html ?? textToHtml(body.text, () => null),
    ...typed,
    ...(message.forwarded ? { chatForwarded: true } : {}),
    ...(message.chatEpoch === null ? {} : { chatEpoch: message.chatEpoch }),
    context,
    ...(inReplyTo === null ? {} : { inReplyTo: uriOfMessage(origin, inReplyTo) }),
  };
}
