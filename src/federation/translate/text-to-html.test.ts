import fc from "fast-check";
import { expect, test } from "vitest";
import { htmlToText, sanitizeHtml } from "#lib/html.ts";
import { isMadeFrom, textToHtml } from "./text-to-html.ts";

const link = (url: string) => `<a href="${url}" rel="nofollow noopener noreferrer">${url}</a>`;

test.each([
  ["hello", "<p>hello</p>"],
  ["one\ntwo\r\nthree", "<p>one<br>two<br>three</p>"],
  ["one\n\ntwo\n\n\n\nthree\n", "<p>one</p><p>two</p><p>three</p>"],
  ['<script>alert("1 & 2")</script>', '<p>&lt;script&gt;alert("1 &amp; 2")&lt;/script&gt;</p>'],
  ["see https://b.example/x?a=1.", `<p>see ${link("https://b.example/x?a=1")}.</p>`],
  ["(https://b.example/x_(y)) ok", `<p>(${link("https://b.example/x_(y)")}) ok</p>`],
  ["(https://b.example/x), ok", `<p>(${link("https://b.example/x")}), ok</p>`],
  ["https://b.example/?a=1&b=2", `<p>${link("https://b.example/?a=1&amp;b=2")}</p>`],
  ['https://b.example/"onclick="x', `<p>${link("https://b.example/")}"onclick="x</p>`],
  ["https://", "<p>https://</p>"],
  ["**a** *b* ~~c~~ `<d>`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>&lt;d&gt;</code></p>"],
  ["```js\nif (a < b)\n\n  c\n```", "<pre><code>if (a &lt; b)\n\n  c</code></pre>"],
  ["> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"],
  ["- a\n  1. b\n- c", "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>"],
  ["3. a\n\n   b\n4. c", '<ol start="3"><li><p>a</p><p>b</p></li><li>c</li></ol>'],
  [
    "[b & c](https://b.example/?a&b)",
    '<p><a href="https://b.example/?a&amp;b" rel="nofollow noopener noreferrer">b &amp; c</a></p>',
  ],
  ["javascript:alert(1) //x", "<p>javascript:alert(1) //x</p>"],
])("%j becomes %s", (text, html) => {
  expect(textToHtml(text)).toBe(html);
});

test("a long run of punctuation after an address costs no more than its length", () => {
  const dots = ".)".repeat(500_000);
  expect(textToHtml(`https://b.example/${dots}`)).toBe(`<p>${link("https://b.example/")}${dots}</p>`);
});

const profiles = (given: Record<string, string>) => (mention: { name: string }) =>
  given[mention.name] ?? null;

test("somebody whom the author writes with is mentioned, everybody else stays a word", () => {
  const html = textToHtml("@bo@b.example and @cy", profiles({ bo: "https://b.example/@bo?a&b" }));
  expect(html).toBe(
    '<p><span class="h-card"><a href="https://b.example/@bo?a&amp;b" class="u-url mention" ' +
      'rel="nofollow noopener noreferrer">@<span>bo</span></a></span> and @cy</p>',
  );
  expect(sanitizeHtml(html)).toBe(html);
});

test("HTML of our own kind is known as such, whomever it mentions", () => {
  const text = "@bo and @cy **and** @bo";
  const html = textToHtml(text, profiles({ bo: "https://b.example/@bo" }));
  expect(isMadeFrom(html, text)).toBe(true);
  expect(isMadeFrom(textToHtml(text), text)).toBe(true);
  expect(isMadeFrom(html, "@bo and @cy **or** @bo")).toBe(false);
  expect(isMadeFrom(html.replace("<span>bo", "<span>cy"), text)).toBe(false);
});

const words = fc.oneof(
  fc.constantFrom(
    ..."*|**|_|~~|`|\n```\n|\n|\n\n|> |- |  - |2. |[a](https://a.example/?b&c)|@bo|<p>|&amp;|\"|'| ".split(
      "|",
    ),
  ),
  fc.string({ maxLength: 4 }),
);
const typed = fc.array(words, { maxLength: 40 }).map((parts) => parts.join(""));

test("whatever was typed, its HTML is harmless as it is and known as ours", () => {
  fc.assert(
    fc.property(typed, (text) => {
      const html = textToHtml(text, profiles({ bo: "https://b.example/@bo" }));
      expect(sanitizeHtml(html)).toBe(html);
      expect(isMadeFrom(html, text)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("lists, quotes and paragraphs are the same again after they went out and came in", () => {
  const text = "a\nb\n\n> c\n>\n> > d\n\n- e\n  - f\n- g\n\n2. h\n3. i";
  expect(htmlToText(sanitizeHtml(textToHtml(text)))).toBe(text);
});
