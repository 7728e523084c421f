import { z } from "zod";
import { hasControlCharacters, withoutNul } from "#lib/control-characters.ts";
import { hostOf } from "../uris.ts";

/** Longest id or address that is taken, in bytes: a row of an index of PostgreSQL has room for 2,704. */
const ADDRESS_BYTES = 2_000;
/** Longest two addresses that stand in one such row together. */
const PAIR_BYTES = 2_600;
/** More addressees than this are refused before anybody is looked up. */
export const RECIPIENTS = 100;

const name = z.string().refine((text) => !hasControlCharacters(text) && isAtMost(ADDRESS_BYTES, text));

/** An absolute http(s) address without a user in it. */
export const address = name.refine(isAddress);

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.host !== ""
  );
}

function isAtMost(bytes: number, text: string): boolean {
  return Buffer.byteLength(text) <= bytes;
}

/** Whether two addresses can be kept as one key. */
export function isPair(one: string, other: string): boolean {
  return isAtMost(PAIR_BYTES, one + other);
}

/** The id of a thing that is either named or enclosed. */
export const reference = z.union([name, z.looseObject({ id: name }).transform(({ id }) => id)]);

/** Nothing, one, or a list: ActivityStreams lets a list of one stand as that one, and many do. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .union([z.array(item), item.transform((one) => [one])])
    .nullish()
    .transform((items): z.output<Item>[] => items ?? []);
}

/** A type; a list of one is that one, several at once are none that we know. */
export const type = z.union([z.string(), z.tuple([z.string()]).transform(([one]) => one)]);

/** A point in time (RFC 3339), or null when there is none that can be read: the years 1 to 9999 can be stored. */
export const time = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" ? new Date(value) : null))
  .transform((date) => (date !== null && isYear(date.getUTCFullYear()) ? date : null));

function isYear(year: number): boolean {
  return year >= 1 && year <= 9999; // NaN is none
}

/** What people read, as it can be stored. */
export const prose = z.string().transform(withoutNul);

/** A text, or the first of its translations. */
export function textOf(plain: string | null | undefined, translations: unknown): string {
  if (typeof plain === "string") return withoutNul(plain);
  if (typeof translations !== "object" || translations === null) return "";
  const texts = Object.values(translations).filter((value) => typeof value === "string");
  return withoutNul(texts[0] ?? "");
}

/** Whether an addressee is everybody, in any of the spellings that JSON-LD allows. */
export function isPublic(uri: string): boolean {
  return hostOf(uri.trim()) === "www.w3.org" || /^(as:)?public$/i.test(uri.trim());
}
