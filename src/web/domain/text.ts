const onlyEmoji = /^(?:\p{RGI_Emoji}|\s){1,24}$/v;

/** Whether a text is nothing but one to three emoji, which are then shown larger. */
export function isJumbo(text: string): boolean {
  if (text.length > 64 || !onlyEmoji.test(text)) return false;
  const count = [...new Intl.Segmenter().segment(text)].filter(({ segment }) => segment.trim() !== "").length;
  return count >= 1 && count <= 3;
}

/** Characters as people count them (extended grapheme clusters, UAX #29). */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of new Intl.Segmenter().segment(text)) count += 1;
  return count;
}

/** One line of a text, for lists and quotes. */
export function oneLine(text: string, longest = 160): string {
  const line = text
    .slice(0, longest * 2)
    .replaceAll(/\s+/gu, " ")
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
