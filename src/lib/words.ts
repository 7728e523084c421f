/** A word of a text as it is looked for, and where it stands: UTF-16 indices, the end exclusive. */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Letters, digits and their marks in a row, or one emoji; joiners stand within words of some scripts. */
const runs = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u200c\u200d]*|\p{Extended_Pictographic}/gu;
/** Scripts that write words without spaces between them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Compounds of several scripts are found by their parts. */
const oneScript =
  /\p{Script=Han}+|[\p{Script=Katakana}ー]+|[\p{Script=Hiragana}ー]+|[^\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}]+/gu;
/** Splits those by dictionaries; the same for everybody, whatever language they read. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });
/** Code points of a word that count: whatever is longer is nobody's word. */
const LENGTH = 64;

/** The words of a text in their order, each without case, accents and width, so that they are found however they were typed. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: run, index } of text.matchAll(runs)) {
    for (const { segment, at } of split(run)) {
      const word = fold(segment);
      if (word !== "") yield { word, start: index + at, end: index + at + segment.length };
    }
  }
}

function split(run: string): { segment: string; at: number }[] {
  if (!unspaced.test(run)) return [{ segment: run, at: 0 }];
  return Array.from(segmenter.segment(run)).flatMap(({ segment, index }) =>
    Array.from(segment.matchAll(oneScript), ({ 0: part, index: at }) => ({ segment: part, at: index + at })),
  );
}

function fold(segment: string): string {
  const plain = segment
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f\u200c\u200d]/g, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu, "");
  return plain.length <= LENGTH ? plain : Array.from(plain).slice(0, LENGTH).join("");
}
