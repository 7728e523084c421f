/** The languages of the product, in which mail is written. */
export const languages = ["en", "de", "fr", "es", "ja", "ar"] as const;
export type Language = (typeof languages)[number];

/** The language of ours that a client would rather read (RFC 9110 section 12.5.4); English where it names none. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? "").slice(0, 200).split(",").map(readWish);
  const known = wishes.filter(({ weight }) => weight > 0).toSorted((one, other) => other.weight - one.weight);
  return known.flatMap(({ tag }) => languages.filter((language) => language === tag))[0] ?? "en";
}

function readWish(text: string): { tag: string; weight: number } {
  const { tag = "", weight = "1" } =
    /^\s*(?<tag>[a-z]{2})(?:-[\w-]*)?\s*(?:;\s*q=(?<weight>[01](?:\.\d{0,3})?))?\s*$/i.exec(text)?.groups ??
    {};
  return { tag: tag.toLowerCase(), weight: tag === "" ? 0 : Number(weight) };
}
