import { countGraphemes } from "#lib/graphemes.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";

/** Most UTF-16 units of a message, whoever wrote it: bounds the cost of one cluster with a thousand accents. */
const MESSAGE_UNITS = 100_000;

/**
 * The text as it is kept; refuses one that is empty or too long, in characters as people count them (grapheme clusters,
 * UAX #29). A text from elsewhere is only bounded in bytes.
 */
export function checkText({ settings }: Context, input: { text: string; remote?: unknown }): string {
  const text = input.text.replaceAll("\0", "").trim();
  if (text.length > MESSAGE_UNITS) throw new Refusal("too_long", { field: "text" });
  if (input.remote !== undefined) return text;
  if (text === "") throw new Refusal("empty", { field: "text" });
  const { messageGraphemes } = settings;
  if (text.length > messageGraphemes && countGraphemes(text) > messageGraphemes) {
    throw new Refusal("too_long", { field: "text" });
  }
  return text;
}
