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
    a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: "nofollow noopener noreferrer" } }),
    // Custom emoji of some servers are images whose text is their name.
    img: (_tagName, { alt = "" }) => ({ tagName: "span", attribs: {}, text: alt.slice(0, 100) }),
  },
};

/** Makes foreign HTML harmless: text, links, lists, quotes and code remain; nothing that runs, loads, or styles. */
export function sanitizeHtml(html: string): string {
  const harmless = sanitize(hasTooManyTags(html) ? withoutTags(html) : html, options);
  return harmless.replaceAll(/<([bh]r) \/>/g, "<$1>"); // in text and attributes every bracket is a reference by now
}

const piece = /<(\/?)([a-z0-9]+)[^>]*>|[^<]+/g;
const paragraphs: ReadonlySet<string> = new Set("p blockquote pre ul ol h1 h2 h3 h4 h5 h6 hr".split(" "));

/**
 * What harmless HTML says, as plain text: paragraphs apart by an empty line, items of a list behind a dash. It is read
 * once and as it is: only what `sanitizeHtml` answered may come in.
 */
export function htmlToText(harmless: string): string {
  const said: string[] = [];
  let preformatted = 0;
  let startsLine = true;
  const say = (text: string): void => {
    if (text === "") return;
    said.push(text);
    startsLine = text.endsWith("\n");
  };
  for (const [text, closing, tag = ""] of harmless.matchAll(piece)) {
    if (tag === "pre") preformatted += closing === "/" ? -1 : 1;
    if (tag === "") say(preformatted > 0 ? text : inline(text, startsLine));
    else if (tag === "br") say("\n");
    else if (tag === "li" && closing === "") say("\n- ");
    else if (paragraphs.has(tag)) say("\n\n");
  }
  const lines = said
    .join("")
    .split("\n")
    .map((line) => line.trimEnd());
  return unescaped(lines.join("\n").replaceAll(/\n{3,}/g, "\n\n"))
    .replace(/^\n+/, "")
    .trimEnd();
}

function inline(text: string, startsLine: boolean): string {
  const collapsed = text.replaceAll(/[ \t\r\n]+/g, " ");
  return startsLine && collapsed.startsWith(" ") ? collapsed.slice(1) : collapsed;
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
