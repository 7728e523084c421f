/** A stretch of a plain text: words, or an address that becomes a link. */
export type Stretch = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

/** Longer addresses stay text: nobody reads them, and few servers take them. */
const longestAddress = 2_048;
const candidate = /\bhttps?:\/\/[^\s<>"'`]+/giu;

/** Finds the web addresses of a plain text. Only http and https become links. */
export function linkify(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const address = withoutTail(match[0]);
    const href = address.length > longestAddress ? null : parse(address);
    if (href === null) continue;
    if (match.index > end) stretches.push({ kind: "text", text: text.slice(end, match.index) });
    stretches.push({ kind: "link", text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) stretches.push({ kind: "text", text: text.slice(end) });
  return stretches;
}

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

/** Punctuation that ends a sentence rather than the address before it; a closing bracket only without its opening one. */
function withoutTail(address: string): string {
  let unopened = 0;
  for (const character of address) {
    if (character === ")") unopened += 1;
    else if (character === "(") unopened -= 1;
  }
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (last === ")" && unopened > 0) unopened -= 1;
    else if (!/[.,;:!?\]}…*_~|]/u.test(last)) break;
  }
  return address.slice(0, end);
}

function parse(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.hostname === "" || url.username !== "" || url.password !== "" ? null : url.href;
}
