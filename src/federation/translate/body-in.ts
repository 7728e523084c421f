import { z } from "zod";
import { htmlToText, sanitizeHtml } from "#lib/html.ts";
import { Dropped } from "./dropped.ts";
import { escapeHtml, textToHtml } from "./text-to-html.ts";
import { address, list, prose, reference, textOf } from "./values.ts";

/** Longest HTML that is read at all, in UTF-16 code units. */
const CONTENT_LENGTH = 256 * 1024;
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

/** What people shall see of a Note: harmless HTML and the same as plain text, without the names that only address it. */
export function readBody(note: NoteBody, recipients: readonly string[]): IncomingBody {
  const content = textOf(note.content, note.contentMap);
  const warning = textOf(note.summary, note.summaryMap).trim();
  if (content.length + warning.length > CONTENT_LENGTH) throw new Dropped("too_long");
  const files = note.attachment.slice(0, ATTACHMENTS).flatMap(linkOf).join("");
  if (warning === "" && files === "" && isMadeFrom(content, note.source))
    return { text: note.source.content, html: null };
  const said = withoutMentions(sanitizeHtml(content).trim(), namesOf(note, recipients));
  const warned = warning === "" ? "" : `<p><strong>${escapeHtml(warning)}</strong></p>`;
  const html = warned + said + sanitizeHtml(files);
  const plain = htmlToText(html);
  return { text: plain, html: textToHtml(plain) === html ? null : html };
}

/** Our own kind sends the text beside HTML that was made from it: then the text says everything, and exactly. */
function isMadeFrom(
  content: string,
  source: NoteBody["source"],
): source is { content: string; mediaType: string } {
  if (source == null || !/^text\/(plain|markdown)\b/.test(source.mediaType)) return false;
  return textToHtml(source.content) === content;
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
  const { url, href, name, mediaType } = parsed.data;
  const [first] = links.safeParse(url ?? href).data ?? [];
  if (first === undefined) return [];
  const shown = name?.trim() || mediaType || "file";
  return [`<p><a href="${escapeHtml(first)}">${escapeHtml(shown.slice(0, 1_500))}</a></p>`];
}

const mention = z.looseObject({ type: z.literal("Mention"), href: reference, name: z.string() });

/** Who is mentioned, by id and by the name that is shown. */
export function readMentions(tags: readonly unknown[]): { href: string; name: string }[] {
  return tags.slice(0, MENTIONS).flatMap((tag) => mention.safeParse(tag).data ?? []);
}

/** The names by which the addressees are mentioned: `bo` and `bo@b.example`. */
function namesOf(note: NoteBody, recipients: readonly string[]): Set<string> {
  const addressed = readMentions(note.tag).filter(({ href }) => recipients.includes(href));
  const full = addressed.map(({ name }) => name.replace(/^@/, "").toLowerCase());
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
