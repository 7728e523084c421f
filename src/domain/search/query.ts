import { Refusal } from "#lib/refusal.ts";
import { wordsOf } from "#lib/words.ts";
import { endOfDay, startOfDay } from "./days.ts";

/** Words that must stand side by side, or, refused, must not. */
export interface Term {
  readonly words: readonly string[];
  /** Whether the last of them may go on: it is still being typed. */
  readonly isOpen: boolean;
  readonly isRefused: boolean;
}

/** What somebody looks for. Several people, or conversations, are alternatives; everything else must all be so. */
export interface Query {
  readonly terms: readonly Term[];
  readonly from: readonly string[];
  readonly in: readonly string[];
  readonly hasLink: boolean;
  /** Nothing has a file or a picture. */
  readonly hasFile: boolean;
  /** Earlier than this moment. */
  readonly before: Date | null;
  /** At this moment or later. */
  readonly after: Date | null;
}

/** UTF-16 units of a query. */
export const QUERY_UNITS = 500;

/** One piece between spaces: perhaps `-`, perhaps `name:`, then words in quotation marks or anything else. */
const pieces = /(?<minus>-)?(?:(?<name>[a-z]+):)?(?:"(?<quoted>[^"]*)"?|(?<plain>\S+))/giu;

type Draft = {
  -readonly [Key in keyof Query]: Query[Key] extends readonly (infer Item)[] ? Item[] : Query[Key];
};
/** What follows each operator; `zone` is the time zone of dates. */
type Operator = (query: Draft, value: string, zone: string) => void;

const operators: Readonly<Record<string, Operator>> = {
  from: (query, value) => void query.from.push(value),
  in: (query, value) => void query.in.push(value),
  has: (query, value) => {
    if (value === "link") query.hasLink = true;
    else if (value === "file" || value === "image") query.hasFile = true;
    else throw new Refusal("query_invalid", { field: "q" });
  },
  before: (query, value, zone) => {
    const moment = startOfDay(value, zone) ?? fail();
    if (query.before === null || moment < query.before) query.before = moment;
  },
  after: (query, value, zone) => {
    const moment = endOfDay(value, zone) ?? fail();
    if (query.after === null || moment > query.after) query.after = moment;
  },
};

/**
 * Reads what somebody typed: words, "words side by side", `-word`, and the operators `from:`, `in:`, `has:`, `before:` and
 * `after:`. Whatever else looks like an operator is words. Refuses `query_invalid` when nothing can be looked for.
 */
export function readQuery(text: string, zone: string): Query {
  const query: Draft = {
    terms: [],
    from: [],
    in: [],
    hasLink: false,
    hasFile: false,
    before: null,
    after: null,
  };
  let isAsked = false;
  for (const { 0: piece, index, groups = {} } of text.matchAll(pieces)) {
    const { minus, name = "", quoted, plain } = groups;
    const operator = minus === undefined ? operators[name.toLowerCase()] : undefined;
    const value = (quoted ?? plain ?? "").trim();
    if (operator === undefined) {
      const words = Array.from(wordsOf(piece), ({ word }) => word);
      if (words.length === 0) continue;
      const isOpen = quoted === undefined && minus === undefined && index + piece.length === text.length;
      query.terms.push({ words, isOpen, isRefused: minus !== undefined });
    } else if (value === "") continue;
    else operator(query, value, zone);
    isAsked = true;
  }
  return isAsked ? query : fail();
}

function fail(): never {
  throw new Refusal("query_invalid", { field: "q" });
}
