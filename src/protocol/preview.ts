import type { Message } from "./types.ts";

/** As much of a text as a list ever shows, in UTF-16 units. */
const PREVIEW_UNITS = 200;

/** A message as lists of conversations carry it: the beginning of its text, no HTML and no reactions. */
export function previewOf(message: Message): Message {
  const { body } = message;
  const bare = { ...message, reactions: [] };
  if (body === null || !("text" in body)) return bare;
  return { ...bare, body: { text: body.text.slice(0, PREVIEW_UNITS) } };
}
