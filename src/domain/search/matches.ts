import { type Word, wordsOf } from "#lib/words.ts";
import type { Term } from "./query.ts";

/** A part of a text, as UTF-16 indices; the end is exclusive. */
export interface Match {
  start: number;
  end: number;
}

/** Where in a text stands what was looked for, in its order; parts that touch are one. */
export function findMatches(text: string, terms: readonly Term[]): Match[] {
  const wanted = terms.filter(({ isRefused }) => !isRefused);
  const words = [...wordsOf(text)];
  const found = words.flatMap((word, index) =>
    wanted.flatMap((term) => {
      const end = endOf(term, words, index);
      return end === null ? [] : [{ start: word.start, end }];
    }),
  );
  const matches: Match[] = [];
  for (const match of found) {
    const last = matches.at(-1);
    if (last !== undefined && match.start <= last.end) last.end = Math.max(last.end, match.end);
    else matches.push(match);
  }
  return matches;
}

/** Where a term ends that begins with one of the words; null when it does not. */
function endOf({ words, isOpen }: Term, text: readonly Word[], from: number): number | null {
  const fits = words.every((word, index) => {
    const there = text[from + index]?.word;
    return there === word || (isOpen && index === words.length - 1 && there?.startsWith(word) === true);
  });
  return fits ? text[from + words.length - 1]!.end : null;
}
