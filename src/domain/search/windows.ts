import {
  authorMark,
  beginOf,
  blockMarks,
  blockOf,
  conversationMark,
  dayMarks,
  dayOf,
  linkMark,
  quote,
} from "#db/search-marks.ts";
import type { SearchWindow } from "#db/search.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import type { Query, Term } from "./query.ts";

/** What is looked for, with everybody and everything by its id. */
export interface Asked {
  readonly query: Pick<Query, "terms" | "hasLink" | "after" | "before">;
  readonly places: readonly ConversationId[];
  /** Null for whoever it was. */
  readonly authors: readonly PersonId[] | null;
  /** Nothing later is there. */
  readonly newest: Date;
}

/** Conversations that one look at the index asks for: its cost rises with their square. */
const PLACES = 256;
/** Days of the first two parts of the time, and blocks of days of the third. */
const [DAYS, WEEKS, YEAR] = [2, 14, 12];

/**
 * Cuts a search into parts of the time: two days, two weeks, a year, and all before. Of a word that is everywhere the first part
 * has a page, and the index need not tell of the others; of a rare word each part costs one look.
 */
export function cutTime({ query, places, authors, newest }: Asked): SearchWindow[] {
  const asked = [
    ...query.terms.map(textOf),
    ...(authors === null ? [] : [anyOf(authors.map(authorMark))]),
    ...(query.hasLink ? [quote(linkMark)] : []),
  ];
  const everywhere = chunk(places).map((some) => anyOf(some.map(conversationMark)));
  const latest = dayOf(newest);
  const [weeks, year] = [latest - DAYS, latest - DAYS - WEEKS];
  const last = blockOf(year) - (YEAR - 1) * 32;
  const within = (marks: readonly string[], from: number | null, until: number | null): SearchWindow => {
    const isShort = marks.length > 0 && marks.length <= WEEKS;
    const time = marks.length > 0 ? [anyOf(marks)] : [];
    // A few days of everybody are fewer than many conversations of all time.
    const where = isShort && everywhere.length > 1 ? [[]] : everywhere.map((place) => [place]);
    return {
      queries: where.map((place) => [...asked, ...place, ...time].join(" & ")),
      from: later(query.after, from),
      until: earlier(query.before, until),
    };
  };
  const windows = [
    within(dayMarks(weeks + 1, latest), weeks + 1, null),
    within(dayMarks(year + 1, weeks), year + 1, weeks + 1),
    within(blockMarks(last, year), last, year + 1),
    within([], null, last),
  ];
  return windows.filter(({ from, until }) => from === null || until === null || from < until);
}

function textOf({ words, isOpen, isRefused }: Term): string {
  const last = words.length - 1;
  const parts = words.map((word, index) => quote(word) + (isOpen && index === last ? ":*" : ""));
  const phrase = parts.length === 1 ? parts[0]! : `(${parts.join(" <-> ")})`;
  return isRefused ? `!${phrase}` : phrase;
}

function anyOf(marks: readonly string[]): string {
  return `(${marks.map(quote).join(" | ")})`;
}

function chunk(places: readonly ConversationId[]): ConversationId[][] {
  const count = Math.ceil(places.length / PLACES);
  return Array.from({ length: count }, (_, index) => places.slice(index * PLACES, (index + 1) * PLACES));
}

function later(moment: Date | null, day: number | null): Date | null {
  if (day === null) return moment;
  const begin = beginOf(day);
  return moment !== null && moment > begin ? moment : begin;
}

function earlier(moment: Date | null, day: number | null): Date | null {
  if (day === null) return moment;
  const begin = beginOf(day);
  return moment !== null && moment < begin ? moment : begin;
}
