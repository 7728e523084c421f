import { z } from "zod";
import { htmlToText, sanitizeHtml } from "#lib/html.ts";
import { escapeHtml } from "#lib/escape-html.ts";
import { isMadeFrom, textToHtml } from "./text-to-html.ts";
import { address, list, prose, reference, textOf } from "./values.ts";

/** Most that is read of what a Note says, its warning included, and most harmless HTML that is kept; bytes of UTF-8. */
const BYTES = 64 * 1024;
const ATTACHMENTS = 16;
const MENTIONS = 1_000;

const text = prose.nullish().catch(null);

/** The parts of a Note that people read, and what is needed to read them. */
export const bodyFields = {
  content: text,
  contentMap: z.unknown().optional(),
  summary: text,
  summaryMap: z.unknown().optional(),
  source: z.object({ content: prose, mediaType: z.string() }).nullish().catch(null),
  tag: list(z.unknown()),
  attachment: list(z.unknown()),
};

const noteBody = z.object(bodyFields);
type NoteBody = z.output<typeof noteBody>;

export interface IncomingBody {
  readonly text: string;
  /** Sanitised; null when it says no more than the text does. */
  readonly html: string | null;
}

/** What is needed of a Note to read its body later, of a bounded size: the Note itself need not be kept until then. */
export interface UnreadBody {
  readonly content: string;
  readonly warning: string;
  /** What was typed, when the content was made from it. */
  readonly typed: string | null;
  /** Harmless HTML. */
  readonly files: string;
  /** By which the addressees are mentioned. */
  readonly names: ReadonlySet<string>;
  /** Longer than anybody writes: only its beginning is here. */
  readonly isCut: boolean;
}

/** Takes of a Note what people shall see. What is longer than 64 KiB is cut, for half of a message says more than none. */
export function takeBody(note: NoteBody, mentioned: ReadonlyMap<string, string>): UnreadBody {
  const [content, summary] = [textOf(note.content, note.contentMap), textOf(note.summary, note.summaryMap)];
  const warning = beginning(summary.trim(), BYTES);
  const read = beginning(content, BYTES - Buffer.byteLength(warning));
  const files = note.attachment.slice(0, ATTACHMENTS).flatMap(linkOf).join("");
  const isCut = read.length < content.length || warning.length < summary.trim().length;
  const isPlain = !isCut && warning === "" && files === "";
  const typed = isPlain ? typedOf(content, note.source) : null;
  return { content: read, warning, typed, files, names: namesOf(mentioned), isCut };
}

/** What people shall see of a Note: harmless HTML and the same as plain text, without the names that only address it. */
export function readBody({ content, warning, typed, files, names, isCut }: UnreadBody): IncomingBody {
  if (typed !== null) return { text: typed, html: null };
  const said = withoutMentions(sanitizeHtml(content).trim(), names);
  const warned = warning === "" ? "" : `<p><strong>${escapeHtml(warning)}</strong></p>`;
  const html = warned + said + (isCut ? "<p>…</p>" : "") + files;
  const plain = htmlToText(html);
  const isKept = Buffer.byteLength(html) <= BYTES && textToHtml(plain) !== html;
  return { text: plain, html: isKept ? html : null };
}

/** As much of a text as fits into so many bytes of UTF-8, copied, so that the whole is not kept for a part of it. */
function beginning(text: string, bytes: number): string {
  const encoded = Buffer.from(text.slice(0, bytes));
  let end = Math.min(encoded.length, bytes);
  while (end < encoded.length && (encoded[end]! & 0xc0) === 0x80) end -= 1; // not within a character
  return encoded.toString("utf8", 0, end);
}

/** Our own kind sends the text beside HTML that was made from it: then the text says everything, and exactly. */
function typedOf(content: string, source: NoteBody["source"]): string | null {
  if (source == null || !/^text\/(plain|markdown)\b/.test(source.mediaType)) return null;
  if (Buffer.byteLength(source.content) > BYTES || !isMadeFrom(content, source.content)) return null;
  return source.content;
}

const file = z.looseObject({
  url: z.unknown().optional(),
  href: z.unknown().optional(),
  name: text,
  mediaType: text,
});
const links = list(z.union([address, z.looseObject({ href: address }).transform(({ href }) => href)]));

/** A file that came with a Note, as a link: it is on its author's server and nothing fetches it from here. */
function linkOf(attachment: unknown): string[] {
  const parsed = file.safeParse(attachment);
  if (!parsed.success) return [];
  const { url, name, mediaType } = parsed.data;
  const [first] = links.safeParse(url ?? parsed.data.href).data ?? [];
  if (first === undefined) return [];
  const shown = name?.trim() || mediaType || "file";
  const [href, text] = [escapeHtml(new URL(first).href), escapeHtml(shown.slice(0, 1_500))];
  return [`<p><a href="${href}" rel="nofollow noopener noreferrer">${text}</a></p>`];
}

/** A name is an address at most: 64 characters and the longest name of a host. */
const mention = z.object({ type: z.literal("Mention"), href: reference, name: z.string().max(320) });

/** Which of the addressees are mentioned, by their ids, and the names that are shown for them. */
export function readMentions(tags: readonly unknown[], addressed: readonly string[]): Map<string, string> {
  const ids = new Set(addressed);
  const mentions = tags.slice(0, MENTIONS).flatMap((tag) => mention.safeParse(tag).data ?? []);
  return new Map(mentions.filter(({ href }) => ids.has(href)).map(({ href, name }) => [href, name]));
}

/** The names by which the addressees are mentioned: `bo` and `bo@b.example`. */
function namesOf(mentioned: ReadonlyMap<string, string>): Set<string> {
  const full = [...mentioned.values()].map((name) => name.replace(/^@/, "").toLowerCase());
  return new Set([...full, ...full.map((name) => name.replace(/@.*$/s, ""))]);
}

const space = String.raw`(?:\s|&nbsp;|\u00a0)*`;
const opening = new RegExp(`^${space}(<p>)?${space}`);
const leadingMention = new RegExp(
  String.raw`^(?:<span\b[^>]*>)?<a\b[^>]*>@(?:<span\b[^>]*>)?([^<>]+)(?:</span>)?</a>(?:</span>)?(?:\s|&nbsp;|\u00a0|<br\s*/?>)*`,
);

/** Takes away the run of names at the start of a private mention: everybody in the conversation knows whom it is for. */
function withoutMentions(html: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return html;
  const [start = "", paragraph = ""] = opening.exec(html) ?? [];
  let rest = html.slice(start.length);
  for (let found = leadingMention.exec(rest); found !== null; found = leadingMention.exec(rest)) {
    if (!names.has((found[1] ?? "").trim().toLowerCase())) break;
    rest = rest.slice(found[0].length);
  }
  const isAll = htmlToText(paragraph + rest).trim() === "";
  return isAll ? html : paragraph + rest;
}
