import type { SearchResult } from "#protocol/api.ts";

/** A stretch of a text, and whether it is what was looked for. */
export interface Piece {
  text: string;
  found: boolean;
}

/** UTF-16 units before the first find, and of all. */
const [lead, longest] = [48, 240];

/** The part of a text around what was found first, in one line. */
export function excerpt(text: string, finds: SearchResult["highlights"]): Piece[] {
  const first = finds[0]?.start ?? 0;
  const begin = first <= lead ? 0 : wordAfter(text, first - lead, first);
  const end = whole(text, Math.min(text.length, begin + longest));
  const pieces: Piece[] = [];
  let at = begin;
  for (const find of finds) {
    const [from, to] = [Math.min(find.start, end), Math.min(find.end, end)];
    pieces.push({ text: text.slice(at, from), found: false }, { text: text.slice(from, to), found: true });
    at = to;
  }
  pieces.push({ text: text.slice(at, end) + (end < text.length ? "…" : ""), found: false });
  if (begin > 0) pieces.unshift({ text: "…", found: false });
  const lines = pieces.map((piece) => ({ ...piece, text: piece.text.replaceAll(/\s+/gu, " ") }));
  return lines.filter((piece) => piece.text !== "");
}

/** Where the next word begins, or a whole character does if the word is a long one. */
function wordAfter(text: string, from: number, until: number): number {
  const space = text.slice(from, until).search(/\s\S/u);
  return space === -1 ? whole(text, from) : from + space + 1;
}

/** Not between the two halves of a character. */
function whole(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index;
}
