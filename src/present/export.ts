import type { ExportedPage } from "#domain/export.ts";
import type { ShownMessage, View } from "#domain/read.ts";
import { escapeHtml } from "#lib/escape-html.ts";
import { presentView } from "./conversations.ts";
import { presentMessage } from "./messages.ts";
import { presentPerson, type Place } from "./people.ts";

/** How a conversation is written down: before its messages, each of them, between two, and after them. */
interface Format {
  mediaType: string;
  head(about: About): string;
  line(line: Line): string;
  between: string;
  foot: string;
}

interface About {
  place: Place;
  view: View;
  at: Date;
}

interface Line {
  place: Place;
  message: ShownMessage;
  author: { name: string; address: string };
}

const formats = {
  json: {
    mediaType: "application/json",
    head: ({ place, view, at }) => {
      const { conversation } = presentView(place, view);
      const said = { server: place.host, exportedAt: at.toISOString(), conversation };
      return `${JSON.stringify(said).slice(0, -1)},"messages":[\n`;
    },
    line: ({ message, author }) => {
      const { key: _key, ...shown } = presentMessage(message);
      return JSON.stringify({ ...shown, author });
    },
    between: ",\n",
    foot: "\n]}\n",
  },
  html: {
    mediaType: "text/html",
    head: (about) => {
      const title = escapeHtml(titleOf(about));
      return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
article { margin: 0 0 1rem; }
h2 { display: inline; font-size: 1rem; margin: 0; }
time { color: #666; font-size: 0.875rem; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.gone { font-style: italic; color: #666; }
</style>
</head>
<body>
<h1>${title}</h1>
`;
    },
    line: ({ message, author }) => {
      const at = message.sentAt.toISOString();
      const said = wordsOf(message);
      const words = said.isText ? `<p dir="auto">` : `<p class="gone">`;
      const name = `<h2 title="${escapeHtml(author.address)}"><bdi>${escapeHtml(author.name)}</bdi></h2>`;
      return `<article id="${message.id}">${name} <time datetime="${at}">${readable(at)}</time>
${words}${escapeHtml(said.words)}</p></article>
`;
    },
    between: "",
    foot: "</body>\n</html>\n",
  },
  text: {
    mediaType: "text/plain",
    head: (about) => `${titleOf(about)}\n\n`,
    line: ({ message, author }) => {
      const words = wordsOf(message).words.replaceAll("\n", "\n    ");
      return `[${readable(message.sentAt.toISOString())}] ${author.name} (${author.address}): ${words}\n`;
    },
    between: "",
    foot: "",
  },
} as const satisfies Record<string, Format>;

export type ExportFormat = keyof typeof formats;

/** The media type of a format. */
export function exportType(format: ExportFormat): string {
  return `${formats[format].mediaType}; charset=utf-8`;
}

/** A conversation written down, piece by piece as its pages come. */
export async function* presentExport(
  about: About & { format: ExportFormat },
  pages: AsyncIterable<ExportedPage>,
): AsyncGenerator<string, void> {
  const { place } = about;
  const format: Format = formats[about.format];
  yield format.head(about);
  let isFirst = true;
  for await (const { messages, authors } of pages) {
    const people = new Map(authors.map((row) => [row.id, presentPerson(place, row)]));
    let piece = "";
    for (const message of messages) {
      const { name = "", address = "" } = people.get(message.authorId) ?? {};
      piece += (isFirst ? "" : format.between) + format.line({ place, message, author: { name, address } });
      isFirst = false;
    }
    yield piece;
  }
  yield format.foot;
}

function titleOf({ place, view, at }: About): string {
  const names = view.members.map(({ person }) => presentPerson(place, person).name);
  return `${view.conversation.title ?? names.join(", ")} (${readable(at.toISOString())})`;
}

/** What it said, or in brackets why there is nothing to read. */
function wordsOf(message: ShownMessage): { words: string; isText: boolean } {
  if (message.deletedAt !== null) return { words: "[deleted]", isText: false };
  if (message.text === null) return { words: "[encrypted]", isText: false };
  return { words: message.text, isText: message.notice === null };
}

/** `2026-01-31 12:34 UTC` */
function readable(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
