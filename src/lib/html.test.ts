import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileHtml } from "../../test/helpers/hostile-html.ts";
import { htmlToText, sanitizeHtml } from "./html.ts";

/** Milliseconds of this thread's processor, whatever else the machine does. */
function cost(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

describe("what runs, loads or styles does not survive", () => {
  test.each(hostileHtml)("IF-61: %s", (html) => {
    const harmless = sanitizeHtml(html);
    expect(harmless).not.toMatch(/<(?!\/?(?:p|a|b|i|br|span)\b)/);
    const names = harmless.replaceAll(/"[^"]*"/g, '""');
    expect(names).not.toMatch(/<[^>]*\s(?:on\w+|style|id|src|action|srcdoc)\s*=/i);
    expect(harmless).not.toMatch(/href="(?!https?:|mailto:)/i);
  });
});

describe("what people write survives", () => {
  test.each([
    ["<p>hello<br>you</p>", "<p>hello<br>you</p>"],
    ["<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"],
    ["<blockquote><p>q</p></blockquote><pre><code>x = 1</code></pre>", undefined],
    ['<ul><li>a</li></ul><ol start="3"><li>b</li></ol>', undefined],
    ["<em>a</em> <strong>b</strong> <del>c</del>", undefined],
    [
      `<a href="https://b.example/x?y=1&amp;z" class="u-url mention evil" target="_blank">@bo</a>`,
      `<a href="https://b.example/x?y=1&amp;z" class="u-url mention" rel="nofollow noopener noreferrer">@bo</a>`,
    ],
    ['<img src="https://b.example/e.png" alt=":wave:">', "<span>:wave:</span>"],
  ])("%s", (html, expected) => {
    expect(sanitizeHtml(html)).toBe(expected ?? html);
  });
});

test("sanitising what is sanitised changes nothing, whatever it was", () => {
  const soup = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "<p>",
          "</p>",
          "<b",
          ">",
          "<!--",
          "-->",
          "<a href=",
          '"',
          "'",
          "&lt;",
          "&#60;",
          "<svg>",
          "<br/>",
        ),
        fc.string({ maxLength: 5 }),
      ),
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(soup, (html) => {
      const once = sanitizeHtml(html);
      expect(sanitizeHtml(once)).toBe(once);
    }),
    { examples: [["<p><b<p><p>"]] },
  );
});

describe("as plain text", () => {
  test.each([
    [
      "<p>one  two<br>three</p>\n<p>four &lt;b&gt; &amp;amp; &quot;</p>\n",
      'one two\nthree\n\nfour <b> &amp; "',
    ],
    ["<ul><li>a</li><li>b</li></ul>after", "- a\n- b\n\nafter"],
    ['<ol start="3"><li>a</li><li><p>b</p><p>c</p></li></ol>', "3. a\n4. b\n\nc"],
    ["<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"],
    ["x<blockquote><p>a<br>b</p><blockquote>c</blockquote></blockquote>y", "x\n\n> a\n> b\n>\n> > c\n\ny"],
    ["<p>see <strong>this</strong>:</p><pre><code>if (x)\n  y</code></pre>", "see this:\n\nif (x)\n  y"],
    ["<pre>  x\n    y</pre>", "  x\n    y"],
    ["a<br> b", "a\nb"],
    ["no tags at all", "no tags at all"],
    [
      '<p>see <a href="https://b.example"><span class="invisible">https://</span>b.example</a></p>',
      "see https://b.example",
    ],
    ["<script>alert(1)</script>", ""],
    ["<p></p><p></p><p>x</p>", "x"],
    ["fish &amp; chips &nbsp;!", "fish & chips \u00a0!"],
  ])("%s", (html, text) => {
    expect(htmlToText(sanitizeHtml(html))).toBe(text);
  });
});

describe("IF-51: hostile HTML costs little", () => {
  const size = 256 * 1024;
  test.each([
    ["100,000 nested tags", "<b>".repeat(100_000)],
    ["tags just under the number at which they are taken away", "<b>".repeat(1_000) + "</i>".repeat(999)],
    ["nested lists", "<ul><li>".repeat(999)],
    ["nested quotes of many lines", `${"<blockquote>".repeat(30)}${"x<br>".repeat(1_900)}`],
    ["open comments", "<!--".repeat(60_000)],
    ["open brackets", "<".repeat(size)],
    ["one tag with 60,000 attributes", `<a ${"x=1 ".repeat(60_000)}>`],
    ["a class of 30,000 names", `<a class="${"mention ".repeat(30_000)}">x</a>`],
    ["a style of 20,000 rules", `<span style="${"color:red;".repeat(20_000)}">x</span>`],
    ["an address of 40,000 references", `<a href="${"&#x6a;".repeat(40_000)}">x</a>`],
    ["blanks in pre", `<pre>${" ".repeat(size)}x</pre>`],
    ["line breaks", `${"\n".repeat(size)}x`],
    ["blanks before line breaks", `<pre>${" \n".repeat(size / 2)}x</pre>`],
    ["quotes that do not close", `<a href='`.repeat(1_900)],
  ])("%s", (_name, html) => {
    expect(cost(() => htmlToText(sanitizeHtml(html)))).toBeLessThan(100);
  });
});
