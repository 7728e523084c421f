import { expect, test } from "vitest";
import { textToHtml } from "./text-to-html.ts";

const link = (url: string) => `<a href="${url}" rel="nofollow noopener noreferrer">${url}</a>`;

test.each([
  ["hello", "<p>hello</p>"],
  ["one\ntwo\r\nthree", "<p>one<br>two<br>three</p>"],
  ["one\n\ntwo\n\n\n\nthree\n", "<p>one</p><p>two</p><p>three</p>"],
  ['<script>alert("1 & 2")</script>', "<p>&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;</p>"],
  ["see https://b.example/x?a=1.", `<p>see ${link("https://b.example/x?a=1")}.</p>`],
  ["(https://b.example/x_(y)) ok", `<p>(${link("https://b.example/x_(y)")}) ok</p>`],
  ["(https://b.example/x), ok", `<p>(${link("https://b.example/x")}), ok</p>`],
  ["https://b.example/?a=1&b=2", `<p>${link("https://b.example/?a=1&amp;b=2")}</p>`],
  ['https://b.example/"onclick="x', `<p>${link("https://b.example/")}&quot;onclick=&quot;x</p>`],
  ["https://", "<p>https://</p>"],
  ["javascript:alert(1) //x", "<p>javascript:alert(1) //x</p>"],
])("%j becomes %s", (text, html) => {
  expect(textToHtml(text)).toBe(html);
});

test("a long run of punctuation after an address costs no more than its length", () => {
  const dots = ".)".repeat(500_000);
  expect(textToHtml(`https://b.example/${dots}`)).toBe(`<p>${link("https://b.example/")}${dots}</p>`);
});
