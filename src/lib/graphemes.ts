const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** How many characters a text has as people count them (grapheme clusters, UAX #29). */
export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}

/** The beginning of a text: so many characters at most. */
export function firstGraphemes(text: string, most: number): string {
  const shown = [...graphemes.segment(text)].slice(0, most);
  return shown.map(({ segment }) => segment).join("");
}
