import { countGraphemes } from "#lib/graphemes.ts";
import { Refusal } from "#lib/refusal.ts";

/** Most characters as people count them (grapheme clusters, UAX #29) in one of our own messages. */
export const MESSAGE_GRAPHEMES = 5_000;
/** Most UTF-16 units of a message, whoever wrote it: bounds the cost of one cluster with a thousand accents. */
const MESSAGE_UNITS = 100_000;

/** The text as it is kept; refuses one that is empty or too long. A text from elsewhere is only bounded in bytes. */
export function checkText(input: { text: string; remote?: unknown }): string {
  const text = input.text.replaceAll("\0", "").trim();
  if (text.length > MESSAGE_UNITS) throw new Refusal("too_long", { field: "text" });
  if (input.remote !== undefined) return text;
  if (text === "") throw new Refusal("empty", { field: "text" });
  if (text.length > MESSAGE_GRAPHEMES && countGraphemes(text) > MESSAGE_GRAPHEMES) {
    throw new Refusal("too_long", { field: "text" });
  }
  return text;
}
