import { z } from "zod";

/** Longest id or address that is taken, in UTF-16 code units. */
const ADDRESS_LENGTH = 2_048;
/** More addressees than this are refused before anybody is looked up. */
export const RECIPIENTS = 100;

/** An absolute http(s) address without a user in it. */
export const address = z.string().max(ADDRESS_LENGTH).refine(isAddress);

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

const name = z.string().max(ADDRESS_LENGTH);

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

/** A point in time (RFC 3339), or null when there is none that can be read. */
export const time = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === "string" ? new Date(value) : null))
  .transform((date) => (date === null || Number.isNaN(date.getTime()) ? null : date));

/** A text, or the first of its translations. */
export function textOf(plain: string | null | undefined, translations: unknown): string {
  if (typeof plain === "string") return plain;
  if (typeof translations !== "object" || translations === null) return "";
  const texts = Object.values(translations).filter((value) => typeof value === "string");
  return texts[0] ?? "";
}

/** Whether an addressee is everybody, in any of the spellings that JSON-LD allows. */
export function isPublic(uri: string): boolean {
  const url = URL.parse(uri.trim());
  return url?.host === "www.w3.org" || /^(as:)?public$/i.test(uri.trim());
}
