import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Block, parseMarkdown, plainOf } from "./markdown.ts";
import type { Inline } from "./markdown-inline.ts";

/** A tree in short: `*em*`, `!strong!`, `~strike~`, `{code}`, `<href|words>`, `@name@host!`, `/` for a line break. */
function short(stretches: readonly Inline[]): string {
  const signs = { emphasis: "*", strong: "!", strike: "~" };
  return stretches
    .map((stretch) => {
      switch (stretch.kind) {
        case "text":
          return stretch.text;
        case "break":
          return "/";
        case "code":
          return `{${stretch.text}}`;
        case "link":
          return `<${stretch.href}|${short(stretch.children)}>`;
        case "mention":
          return `«${stretch.name}${stretch.host === null ? "" : ` at ${stretch.host}`}»`;
        default:
          return signs[stretch.kind] + short(stretch.children) + signs[stretch.kind];
      }
    })
    .join("");
}

function outline(blocks: readonly Block[]): unknown[] {
  return blocks.map((block) => {
    switch (block.kind) {
      case "paragraph":
        return short(block.children);
      case "code":
        return { [`code ${block.language}`]: block.text };
      case "quote":
        return { quote: outline(block.children) };
      case "list":
        return { [`list ${block.start}`]: block.items.map(outline) };
    }
  });
}

describe("within a line", () => {
  test.each([
    ["a **b** c *d* e _f_ g __h__ i ~~j~~ k `l`", "a !b! c *d* e *f* g !h! i ~j~ k {l}"],
    ["***both*** **one *two*** ***one* two** *a **b** c*", "!*both*! !one *two*! !*one* two! *a !b! c*"],
    [
      "un**frigging**believable snake_case_name 2 * 3 * 4",
      "un!frigging!believable snake_case_name 2 * 3 * 4",
    ],
    ["*note: see *this*", "*note: see *this*"],
    ["**not closed, _neither", "**not closed, _neither"],
    ["****four**** ~one~ ~~~three~~~", "****four**** ~one~ ~~~three~~~"],
    ["**two\nlines**", "!two/lines!"],
    ["**「太字」**は *重要*です", "!「太字」!は *重要*です"],
    ["`a *b* @bo https://a.example \\*`", "{a *b* @bo https://a.example \\*}"],
    ["``a ` b`` `` ` `` `open", "{a ` b} {`} `open"],
    [
      "\\*a\\* \\`b\\` \\@bo \\[c](https://d.example)",
      "*a* `b` @bo [c](<https://d.example/|https://d.example>)",
    ],
    ["¯\\_(ツ)_/¯ \\\\server\\share C:\\new", "¯\\_(ツ)_/¯ \\\\server\\share C:\\new"],
    ["<b>x</b> &amp; <img src=x onerror=alert(1)>", "<b>x</b> &amp; <img src=x onerror=alert(1)>"],
    ["# no heading ![no image] two  spaces", "# no heading ![no image] two  spaces"],
  ])("%s", (text, expected) => {
    expect(outline(parseMarkdown(text))).toEqual([expected]);
  });
});

describe("a link", () => {
  const link = (address: string, words = address) => `<${address}|${words}>`;
  test.each([
    ["[a **b**](https://c.example/d)", link("https://c.example/d", "a !b!")],
    ["[see [1]](https://c.example/x_(y)_z)", link("https://c.example/x_(y)_z", "see [1]")],
    ["[@bo https://a.example/](https://c.example/)", link("https://c.example/", "@bo https://a.example/")],
    ["[a](javascript:alert(1)) [b](/c) [d] (e)", "[a](javascript:alert(1)) [b](/c) [d] (e)"],
    ["[a](https://u:p@c.example) [ ](https://)", "[a](https://u:p@c.example) [ ](https://)"],
    [
      "see https://a.example/b?c=d#e, and http://b.example/!",
      `see ${link("https://a.example/b?c=d#e")}, and ${link("http://b.example/")}!`,
    ],
    [
      "(https://a.example/x_(y)) **https://a.example/z**",
      `(${link("https://a.example/x_(y)")}) !${link("https://a.example/z")}!`,
    ],
    ["https://a.example/a_b_c*d*", `${link("https://a.example/a_b_c*d")}*`],
    ["https://a.example/(a)b)_.", `${link("https://a.example/(a)b")})_.`],
    [
      "data:text/html,x ftp://a.example xhttps://a.example",
      "data:text/html,x ftp://a.example xhttps://a.example",
    ],
    ["https://bank.example@evil.example/", "https://bank.example@evil.example/"],
  ])("%s", (text, expected) => {
    expect(outline(parseMarkdown(text))).toEqual([expected]);
  });

  test("that is longer than anybody reads stays text", () => {
    const address = (length: number) => `https://a.example/${"x".repeat(length - 18)}`;
    expect(outline(parseMarkdown(address(2_048)))).toEqual([link(address(2_048))]);
    expect(outline(parseMarkdown(address(2_049)))).toEqual([address(2_049)]);
  });
});

describe("a mention", () => {
  test.each([
    ["@bo, (@ann@a.example) @cy: @D.e-f_", "«bo», («ann at a.example») «cy»: «D.e-f_»"],
    ["@bo@bücher.example. @bo@localhost:3000", "«bo at bücher.example». «bo at localhost:3000»"],
    ["**@bo** > @cy.", "!«bo»! > «cy»."],
    [
      "me@b.example a@b @ @@bo @bo/lib @bo@ https://b.example/@bo",
      "me@b.example a@b @ @@bo @bo/lib @bo@ <https://b.example/@bo|https://b.example/@bo>",
    ],
  ])("%s", (text, expected) => {
    expect(outline(parseMarkdown(text))).toEqual([expected]);
  });
});

describe("on lines of its own", () => {
  test.each<[string, unknown[]]>([
    ["a\r\nb\n\n\n\n  c ", ["a/b", "  c "]],
    ["a\n```ts\nlet *x*\n\n  y\n```\nb", ["a", { "code ts": "let *x*\n\n  y" }, "b"]],
    ["````\n```\n````", [{ "code null": "```" }]],
    ["```\nnever closed", [{ "code null": "never closed" }]],
    ["a\n```", ["a/```"]],
    ["``` two words\nx", ["``` two words/x"]],
    ["> a\n> > b\n>\n> c\nd", [{ quote: ["a", { quote: ["b"] }, "c"] }, "d"]],
    ["a\n> b\n\n> c", ["a", { quote: ["b"] }, { quote: ["c"] }]],
    [">_< a\n>b\n>\n> ", [">_< a/>b/>/> "]],
    ["milk:\n- a\n- b\n  c\n\n- d\n\ne", ["milk:", { "list null": [["a"], ["b/c"], ["d"]] }, "e"]],
    ["- a\n  - b\n    - c\n- d", [{ "list null": [["a", { "list null": [["b/- c"]] }], ["d"]] }]],
    ["1. a\n   - b\n2) c", [{ "list 1": [["a", { "list null": [["b"]] }], ["c"]] }]],
    ["1. a\n1. b", [{ "list 1": [["a"], ["b"]] }]],
    ["3. a\n5. b", [{ "list 3": [["a"]] }, { "list 5": [["b"]] }]],
    ["It was in\n84. Then", ["It was in/84. Then"]],
    ["2026. A year\n-5\n--\n-", ["2026. A year/-5/--/-"]],
    ["- a\n\n  b\n  ```\n  c\n    d\n  ```", [{ "list null": [["a", "b", { "code null": "c\n  d" }]] }]],
    ["\\- a\n\\> b\n1\\. c", ["- a/> b/1. c"]],
    ["", []],
  ])("%j", (text, expected) => {
    expect(outline(parseMarkdown(text))).toEqual(expected);
  });

  test("quotes within quotes end at some depth, and then stay text", () => {
    expect(outline(parseMarkdown("> > > > > > a"))).toEqual([
      { quote: [{ quote: [{ quote: [{ quote: ["> > a"] }] }] }] },
    ]);
  });
});

test("a text without its markers says the same", () => {
  const text = "**Hi** @bo, [see](https://a.example):\n> it's `x`\n\n3. a\n4. b\n   - c\n```js\n*y*\n```";
  expect(plainOf(text)).toBe("Hi @bo, see:\nit's x\n3. a\n4. b\n- c\n*y*");
  expect(plainOf("2 * 3\nsnake_case")).toBe("2 * 3\nsnake_case");
});

const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."*|**|***|_|__|~~|`|``|\n```\n|```js\n|\n|\n\n|> |- |  - |1. |[|](https://a.example)|]|(|)|\\|@bo|@|https://a.example/|. | |a".split(
          "|",
        ),
      ),
      fc.string({ unit: "grapheme", maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

function depthOf(node: unknown): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map(depthOf));
  const { children, items } = node as { children?: unknown; items?: unknown };
  return 1 + depthOf(children ?? items ?? []);
}

describe("of whatever was typed", () => {
  test("nothing but markers is lost, and everything stays in its order", () => {
    fc.assert(
      fc.property(soup, (text) => {
        const left = Array.from(text);
        for (const character of plainOf(text).replaceAll(/^(?:- |\d{1,3}\. )+/gm, "")) {
          if (/\s/.test(character)) continue;
          while (left.length > 0 && left[0] !== character) {
            expect(left.shift()).toMatch(/[\s*_~`>\-\d.)[\](\\]|[a-z:/]/);
          }
          expect(left.shift()).toBe(character);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("the tree is never deep", () => {
    fc.assert(
      fc.property(soup, (text) => {
        expect(depthOf(parseMarkdown(text))).toBeLessThanOrEqual(12);
      }),
    );
    for (const part of ["> ", "- ", "*a ", "**a *b _c ~~d ", "[", "1. - > "]) {
      const closing = Array.from(part).toReversed().join("");
      for (const text of [part.repeat(5_000), part.repeat(5_000) + closing.repeat(5_000)])
        expect(depthOf(parseMarkdown(text))).toBeLessThanOrEqual(12);
    }
  });
});

describe("100,000 characters cost little", () => {
  const parts =
    "*|_|~~|`|``` |[|]|[](|>|> |> > > > \n|>\n|- |-\n|- a\n\n|  - a\n|1. a\n|```\n|\\|@|@a|@a@|@a@b.|h|\n| \n";
  const closed =
    "*a |*a_b |**a *b |a** b* |*a ~~b~~ |***a** b* |[*a](https://x) b* |[[a](https://x)|`a``b|[a](https://x|[a](https://x(|](https://|https://|https://a/(|https://a.b/)|https://a.b/.| @a.b-|@fed/";
  test.each([...parts.split("|"), ...closed.split("|")])("of %j", (part) => {
    const text = part.repeat(100_000 / part.length);
    const before = process.threadCpuUsage();
    parseMarkdown(text);
    const { user, system } = process.threadCpuUsage(before);
    // Of this thread's processor, whatever else the machine does. What grows by the square takes many seconds.
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});
