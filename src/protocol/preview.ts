import { plainOf } from "#lib/markdown.ts";
import type { Message } from "./types.ts";

/** As much of a text as a list ever shows, in UTF-16 units. */
const PREVIEW_UNITS = 200;

/** A message as lists of conversations carry it: the beginning of what its text says, no markers, HTML and reactions. */
export function previewOf(message: Message): Message {
  const { body } = message;
  const bare = { ...message, reactions: [] };
  if (body === null || !("text" in body)) return bare;
  const text = body.html === undefined ? plainOf(body.text.slice(0, 2 * PREVIEW_UNITS)) : body.text;
  return { ...bare, body: { text: text.slice(0, PREVIEW_UNITS) } };
}
