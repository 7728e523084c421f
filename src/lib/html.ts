import sanitize from "sanitize-html";

/**
 * More tags than any message needs. Parsing costs the product of open and closed tags, so beyond this number they are
 * all taken away.
 */
const mostTags = 2_000;
const deepestNesting = 32;

const options: sanitize.IOptions = {
  allowedTags: [
    ..."p br a span b strong i em u s del ins sub sup small mark q code pre kbd blockquote".split(" "),
    ..."ul ol li h1 h2 h3 h4 h5 h6 hr ruby rb rt rp".split(" "),
  ],
  allowedAttributes: { a: ["href", "rel", "class"], span: ["class"], ol: ["start"], li: ["value"] },
  allowedClasses: Object.fromEntries(
    ["a", "span"].map((tag) => [tag, ["mention", "hashtag", "h-card", "u-url", "invisible", "ellipsis"]]),
  ),
  allowedSchemes: ["https", "http", "mailto"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  nonTextTags:
    "script style textarea option select noscript template title iframe object embed svg math xmp noembed noframes".split(
      " ",
    ),
  nestingLimit: deepestNesting,
  enforceHtmlBoundary: false,
  transformTags: {
    a: (tagName, { href = "", ...attribs }) => ({
      tagName,
      // Without a host of its own a link would lead to whoever shows it.
      attribs: { ...(URL.parse(href) !== null && { href }), ...attribs, rel: "nofollow noopener noreferrer" },
    }),
    // Custom emoji of some servers are images whose text is their name.
    img: (_tagName, { alt = "" }) => ({ tagName: "span", attribs: {}, text: alt.slice(0, 100) }),
  },
};

/** Makes foreign HTML harmless: text, links, lists, quotes and code remain; nothing that runs, loads, or styles. */
export function sanitizeHtml(html: string): string {
  const allowed = sanitize(hasTooManyTags(html) ? withoutTags(html) : html, options);
  // A tag that was taken away still stood between two paragraphs and kept the second from ending the first. The second
  // time there are only tags that stay, so that nobody who reads the answer finds another order in it.
  const harmless = allowed.includes("<") ? sanitize(allowed, options) : allowed;
  return harmless.replaceAll(/<([bh]r) \/>/g, "<$1>"); // in text and attributes every bracket is a reference by now
}

const piece = /<(\/?)([a-z0-9]+)([^>]*)>|[^<]+/g;
const paragraphs: ReadonlySet<string> = new Set("p pre h1 h2 h3 h4 h5 h6 hr".split(" "));
/** Quotes and lists further inside look like those around them, so that no text grows far beyond its HTML. */
const deepestSigns = 4;

/**
 * What harmless HTML says, as plain text: paragraphs apart by an empty line, quotes behind a sign, items of a list
 * behind a dash or their number. It is read once and as it is: only what `sanitizeHtml` answered may come in.
 */
export function htmlToText(harmless: string): string {
  const teller = new Teller();
  for (const [text, closing, tag = "", attributes = ""] of harmless.matchAll(piece)) {
    if (tag === "") teller.words(text);
    else if (closing === "/") teller.close(tag);
    else teller.open(tag, attributes);
  }
  return unescaped(teller.told());
}

class Teller {
  /** What was said in the text, and in each of the quotes around the place. */
  readonly #said = [""];
  /** The number of the next item in each of the lists around the place; null where items have none. */
  readonly #lists: (number | null)[] = [];
  #preformatted = 0;
  #startsLine = true;
  #startsItem = false;

  words(text: string): void {
    const collapsed = this.#preformatted > 0 ? text : text.replaceAll(/[ \t\r\n]+/g, " ");
    this.#say(this.#preformatted === 0 && this.#startsLine ? collapsed.replace(/^ /, "") : collapsed);
  }

  open(tag: string, attributes: string): void {
    if (tag === "br") this.#say("\n");
    else if (tag === "li") this.#item();
    else if (tag === "ul" || tag === "ol") {
      if (this.#lists.length === 0) this.#paragraph();
      this.#lists.push(tag === "ul" ? null : Number(/\bstart="(\d{1,9})"/.exec(attributes)?.[1] ?? 1));
    } else if (tag === "blockquote") {
      this.#paragraph();
      this.#said.push("");
    } else if (paragraphs.has(tag)) this.#paragraph();
    if (tag === "pre") this.#preformatted += 1;
  }

  close(tag: string): void {
    if (tag === "ul" || tag === "ol") {
      this.#lists.pop();
      if (this.#lists.length === 0) this.#paragraph();
      else if (!this.#startsLine) this.#say("\n");
    } else if (tag === "blockquote") this.#endQuote();
    else if (paragraphs.has(tag)) this.#paragraph();
    if (tag === "pre") this.#preformatted -= 1;
  }

  told(): string {
    while (this.#said.length > 1) this.#endQuote();
    return tidied(this.#said[0] ?? "");
  }

  #say(text: string): void {
    if (text === "") return;
    this.#said.push((this.#said.pop() ?? "") + text);
    this.#startsLine = text.endsWith("\n");
    this.#startsItem = false;
  }

  /** The first paragraph of an item stands beside its dash. */
  #paragraph(): void {
    if (!this.#startsItem) this.#say("\n\n");
  }

  #item(): void {
    const number = this.#lists.at(-1) ?? null;
    if (number !== null) this.#lists.splice(-1, 1, number + 1);
    const indent = "  ".repeat(Math.min(deepestSigns, Math.max(0, this.#lists.length - 1)));
    this.#say(`${this.#startsLine ? "" : "\n"}${indent}${number === null ? "-" : `${number}.`} `);
    [this.#startsLine, this.#startsItem] = [true, true];
  }

  #endQuote(): void {
    if (this.#said.length < 2) return;
    const quoted = tidied(this.#said.pop() ?? "");
    const sign = quoted !== "" && this.#said.length <= deepestSigns ? "> " : "";
    this.#startsItem = false;
    this.#say(`${quoted.replaceAll(/^/gm, sign)}\n\n`);
  }
}

function tidied(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .replace(/^\n+/, "")
    .trimEnd();
}

/** The sanitiser writes no other references than these. */
function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

function hasTooManyTags(html: string): boolean {
  let tags = 0;
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at + 1)) {
    if (++tags > mostTags) return true;
  }
  return false;
}

/** Everything between angle brackets away, in one pass; a bracket that is never closed ends the text. */
function withoutTags(html: string): string {
  let text = "";
  let from = 0;
  for (let open = html.indexOf("<"); open !== -1; open = html.indexOf("<", from)) {
    if (open > from) text += `${html.slice(from, open)} `;
    const close = html.indexOf(">", open);
    if (close === -1) return text;
    from = close + 1;
  }
  return text + html.slice(from);
}
