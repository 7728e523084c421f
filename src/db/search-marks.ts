import type { ConversationId, PersonId } from "#lib/ids.ts";

/**
 * What the index knows of a message besides its words stands among them as marks. They begin with a sign that no word has, so
 * that whatever is typed finds words only; and one look at one index answers "this word, in these conversations, of that week".
 */
export type Mark = `@${string}`;

const DAY_MS = 24 * 3600 * 1000;
/** Days in a block of days. */
const BLOCK = 32;

/** The mark of messages with an address in them. */
export const linkMark: Mark = "@link";

/** The mark of a conversation's messages. */
export function conversationMark(id: ConversationId): Mark {
  return `@c${shorten(id)}`;
}

/** The mark of an author's messages. */
export function authorMark(id: PersonId): Mark {
  return `@a${shorten(id)}`;
}

/** The number of the day (UTC) in which a moment lies. */
export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}

/** When a day begins. */
export function beginOf(day: number): Date {
  return new Date(day * DAY_MS);
}

/** The first day of the block of 32 days to which a day belongs. */
export function blockOf(day: number): number {
  return day - (((day % BLOCK) + BLOCK) % BLOCK);
}

/** The marks of when a message came: its day, and its block of days. */
export function timeMarks(at: Date): Mark[] {
  const day = dayOf(at);
  return [dayMark(day), blockMark(day)];
}

/** The marks of every day from one to another, both included. */
export function dayMarks(from: number, to: number): Mark[] {
  return range(from, to, 1).map(dayMark);
}

/** The marks of every block from that of one day to that of another, both included. */
export function blockMarks(from: number, to: number): Mark[] {
  return range(blockOf(from), blockOf(to), BLOCK).map(blockMark);
}

function dayMark(day: number): Mark {
  return `@d${day}`;
}

function blockMark(day: number): Mark {
  return `@b${blockOf(day) / BLOCK}`;
}

function range(from: number, to: number, step: number): number[] {
  const length = Math.max(0, Math.floor((to - from) / step) + 1);
  return Array.from({ length }, (_, index) => from + index * step);
}

function shorten(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** A word or mark as PostgreSQL reads it in a `tsvector` or `tsquery`. */
export function quote(word: string): string {
  return `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** Bytes of all words of one message together that are indexed: far below what a `tsvector` holds (1 MiB). */
const VECTOR_BYTES = 400_000;

/** A `tsvector` as text: words with their places, marks without. */
export function vectorOf(words: Iterable<string>, marks: readonly Mark[]): string {
  const places = new Map<string, number[]>();
  let [place, bytes] = [0, 0];
  for (const word of words) {
    place += 1;
    bytes += Buffer.byteLength(word) + 8;
    if (bytes > VECTOR_BYTES) break;
    const known = places.get(word);
    if (known === undefined) places.set(word, [place]);
    else known.push(place);
  }
  const placed = Array.from(places, ([word, at]) => `${quote(word)}:${at.join(",")}`);
  return [...marks.map(quote), ...placed].join(" ");
}
