import { parseMarkdown } from "#lib/markdown.ts";
import { nameOf } from "#lib/markdown-inline.ts";
import { findMentioned, mentionsIn } from "#lib/mention.ts";
import type { Person } from "#protocol/types.ts";

/** What is being typed after an `@`, and where it stands in the text. */
export interface MentionQuery {
  /** Where the `@` stands. */
  start: number;
  end: number;
  word: string;
}

/** People whom a mention can name: who reads along, and who is known from elsewhere. */
export interface Company {
  members: readonly Person[];
  others: readonly Person[];
}

const beforeCaret = /(?:^|[^\p{L}\p{N}_@/.])@([\p{L}\p{N}_.@:-]{0,100})$/u;
const most = 6;

/** The mention that is being typed before the caret, if there is one. */
export function mentionAt(text: string, caret: number): MentionQuery | null {
  const match = beforeCaret.exec(text.slice(Math.max(0, caret - 120), caret));
  const word = match?.[1];
  return word === undefined ? null : { start: caret - word.length - 1, end: caret, word };
}

/** Whom the typed word may mean: members first, each list in its own order; nobody else before a letter is typed. */
export function suggestPeople(word: string, { members, others }: Company): Person[] {
  const wanted = word.toLocaleLowerCase();
  const fits = ({ name, address, formerly }: Person) =>
    [address, formerly ?? ""].some((called) => called.toLocaleLowerCase().startsWith(`@${wanted}`)) ||
    name
      .toLocaleLowerCase()
      .split(/\s+/u)
      .some((part) => part.startsWith(wanted));
  const elsewhere = wanted === "" ? [] : others.filter(fits);
  return [...members.filter(fits), ...elsewhere].slice(0, most);
}

/** Who is named in a text and will not get it: by name where they are known, else by the address as it was typed. */
export function strangersIn(text: string, { members, others }: Company, ours: string): string[] {
  const hosts = { ours, author: ours };
  const names = mentionsIn(parseMarkdown(text)).flatMap((mention) => {
    if (findMentioned(mention, members, hosts) !== undefined) return [];
    // A bare word after an @ need not be anybody: only somebody of our own server is meant by it.
    const host = mention.host ?? ours;
    const known = findMentioned({ ...mention, host }, others, hosts);
    if (known !== undefined) return [known.name];
    return mention.host === null ? [] : [nameOf(mention)];
  });
  return [...new Set(names)];
}
