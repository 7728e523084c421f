import { type Inline, parseInline, plainInline } from "./markdown-inline.ts";

/** A part of a text that stands on lines of its own. */
export type Block =
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string | null; readonly text: string }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  /** `start` is the first item's number; null for a list without numbers. */
  | { readonly kind: "list"; readonly start: number | null; readonly items: readonly (readonly Block[])[] };

/** Markers nested deeper than this stay text. */
const deepest = { quotes: 4, lists: 2 } as const;
type Depth = Record<keyof typeof deepest, number>;

interface Reader {
  readonly lines: readonly string[];
  readonly depth: Depth;
  at: number;
}

/**
 * Reads what a person typed: the subset of Markdown that people use in conversations. A line break is a line break;
 * there are no headings, no images and no HTML; what is no Markdown stays as it was typed. It takes time in proportion
 * to the length of the text, and answers a tree of a bounded depth.
 */
export function parseMarkdown(text: string): Block[] {
  return readBlocks(text.replaceAll(/\r\n?/g, "\n").split("\n"), { quotes: 0, lists: 0 });
}

/** What a text says, without its markers: for lists and quotes, where there is no room for more. */
export function plainOf(text: string): string {
  return plainBlocks(parseMarkdown(text));
}

function plainBlocks(blocks: readonly Block[]): string {
  return blocks.map(plainBlock).join("\n");
}

function plainBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return plainInline(block.children);
    case "code":
      return block.text;
    case "quote":
      return plainBlocks(block.children);
    case "list":
      return block.items
        .map(
          (item, index) => `${block.start === null ? "-" : `${block.start + index}.`} ${plainBlocks(item)}`,
        )
        .join("\n");
  }
}

function readBlocks(lines: readonly string[], depth: Depth): Block[] {
  const reader: Reader = { lines, depth, at: 0 };
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", children: parseInline(paragraph.join("\n")) });
    paragraph = [];
  };
  while (reader.at < lines.length) {
    const line = lines[reader.at] ?? "";
    const block = readCode(reader) ?? readQuote(reader) ?? readList(reader, paragraph.length > 0);
    if (block !== null || isBlank(line)) endParagraph();
    if (block !== null) blocks.push(block);
    else {
      reader.at += 1;
      if (!isBlank(line)) paragraph.push(line);
    }
  }
  endParagraph();
  return blocks;
}

function isBlank(line: string | undefined): boolean {
  return line !== undefined && line.trim() === "";
}

const fence = /^ {0,3}(`{3,})[ \t]*([\w+#.-]{0,32})[ \t]*$/;

/** Between two fences everything is as it was typed; without the second one the code goes on to the end. */
function readCode(reader: Reader): Block | null {
  const [, ticks, language = ""] = fence.exec(reader.lines[reader.at] ?? "") ?? [];
  if (ticks === undefined || reader.at + 1 === reader.lines.length) return null;
  const start = (reader.at += 1);
  const closes = (line: string) => {
    const [, other = "", word] = fence.exec(line) ?? [];
    return other.length >= ticks.length && word === "";
  };
  while (reader.at < reader.lines.length && !closes(reader.lines[reader.at] ?? "")) reader.at += 1;
  const text = reader.lines.slice(start, reader.at).join("\n");
  reader.at += 1;
  return { kind: "code", language: language === "" ? null : language, text };
}

/** The sign alone is none, for `>_<` is a face; nor does a quote begin with nothing. */
const quoted = /^ {0,3}>(?: |$|(?=>))/;

function readQuote(reader: Reader): Block | null {
  const { lines, depth } = reader;
  const inner: string[] = [];
  for (let at = reader.at; depth.quotes < deepest.quotes; at += 1) {
    const line = lines[at] ?? "";
    const sign = quoted.exec(line);
    if (sign === null) break;
    inner.push(line.slice(sign[0].length));
    if (isBlank(inner[0])) break;
  }
  if (inner.length === 0 || isBlank(inner[0])) return null;
  reader.at += inner.length;
  return { kind: "quote", children: readBlocks(inner, { ...depth, quotes: depth.quotes + 1 }) };
}

interface Marker {
  readonly indent: number;
  /** Null for a dash. */
  readonly number: number | null;
  /** Where the words of the item begin. */
  readonly width: number;
}

const marker = /^( {0,3})(?:-|(\d{1,3})[.)]) {1,4}(?=\S)/;
const indented = /^(?: {2}|\t)/;

function markerOf(line = ""): Marker | null {
  const found = marker.exec(line);
  if (found === null) return null;
  const [{ length: width }, { length: indent }, digits] = [found[0], found[1] ?? "", found[2]];
  return { indent, width, number: digits === undefined ? null : Number(digits) };
}

/** A number other than 1 within a paragraph is a part of its sentence. */
function readList(reader: Reader, isInParagraph: boolean): Block | null {
  const { lines, depth } = reader;
  const first = depth.lists === deepest.lists ? null : markerOf(lines[reader.at]);
  if (first === null || (isInParagraph && (first.number ?? 1) !== 1)) return null;
  const items: Block[][] = [];
  for (let next: Marker | null = first; next !== null; next = siblingAt(reader, first, items.length))
    items.push(readBlocks(readItem(reader, next), { ...depth, lists: depth.lists + 1 }));
  return { kind: "list", start: first.number, items };
}

/** The lines of one item without its marker: those below belong to it as long as they are indented. */
function readItem(reader: Reader, { width }: Marker): string[] {
  const { lines } = reader;
  const item = [(lines[reader.at] ?? "").slice(width)];
  const margin = new RegExp(`^(?:\\t| {0,${width}})`);
  reader.at += 1;
  for (;;) {
    const next = afterBlanks(reader);
    if (!indented.test(lines[next] ?? "")) return item;
    while (reader.at < next) item.push(lines[reader.at++] ?? "");
    item.push((lines[reader.at++] ?? "").replace(margin, ""));
  }
}

/** Goes on to the list's next item, if there is one. Items that are all called 1 count on; other leaps begin a new list. */
function siblingAt(reader: Reader, first: Marker, count: number): Marker | null {
  const next = afterBlanks(reader);
  const found = markerOf(reader.lines[next]);
  if (found === null || found.indent > first.indent + 1) return null;
  const expected = first.number === null ? null : first.number + count;
  if (found.number !== expected && !(first.number === 1 && found.number === 1)) return null;
  reader.at = next;
  return found;
}

function afterBlanks({ lines, at }: Reader): number {
  while (isBlank(lines[at])) at += 1;
  return at;
}
