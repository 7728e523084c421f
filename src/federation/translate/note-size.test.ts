import { describe, expect, test } from "vitest";
import { create, readCreate, us } from "../../../test/helpers/note-in.ts";
import { textToHtml } from "./text-to-html.ts";

describe("a Note longer than anybody writes", () => {
  const bytes = (text: string | null) => Buffer.byteLength(text ?? "");

  test("is cut to 64 KiB within no character, says so, and is one's own text no more", () => {
    const content = `<p><b>start</b> ${"é".repeat(150_000)}</p>`;
    const { text, html } = readCreate(create({ content })).body;
    expect([text.startsWith("start é"), text.endsWith("é\n\n…"), html]).toEqual([true, true, null]);
    expect(text).not.toContain("\ufffd");
    expect(bytes(text)).toBeLessThan(64 * 1024 + 10);
    const source = { content: "x".repeat(300_000), mediaType: "text/plain" };
    expect(bytes(readCreate(create({ content: textToHtml(source.content), source })).body.text)).toBeLessThan(
      64 * 1024 + 10,
    );
  });

  test("shares its 64 KiB with its warning", () => {
    const [summary, content] = ["w".repeat(60_000), "c".repeat(60_000)];
    const { text } = readCreate(create({ summary, content })).body;
    expect(text).toMatch(/^w{60000}\n\nc{5536}\n\n…$/);
    const alone = readCreate(create({ summary: "w".repeat(70_000), content })).body;
    expect(alone.text).toMatch(/^w{65536}\n\n…$/);
  });

  test("whose harmless HTML is longer than 64 KiB is kept as its text", () => {
    const { text, html } = readCreate(
      create({ content: `<a href='https://x/${'"'.repeat(60_000)}'>x</a>` }),
    ).body;
    expect({ text, html }).toEqual({ text: "x", html: null });
    const just = readCreate(create({ content: `<a href='https://x/${'"'.repeat(10_000)}'>x</a>` })).body;
    expect(bytes(just.html)).toBeGreaterThan(60_000);
  });

  const size = 1_000_000;
  test.each<[string, Record<string, unknown>]>([
    ["ampersands", { content: "&".repeat(size) }],
    ["ampersands and letters", { content: "&a".repeat(size / 2) }],
    ["half references", { content: "&amp".repeat(size / 4) }],
    ["quotes in an address", { content: `<a href='https://x/${'"'.repeat(size)}'>x</a>` }],
    ["ampersands in an address", { content: `<a href='https://x/${"&a".repeat(size / 2)}'>x</a>` }],
    ["quotes in an address that just fits", { content: `<a href='https://x/${'"'.repeat(65_000)}'>x</a>` }],
    ["a warning of ampersands", { summary: "&".repeat(size) }],
    ["line breaks and words", { content: `${"x".repeat(50_000)}${"<br>x".repeat(1_990)}` }],
    [
      "a source that is a book",
      { content: "x", source: { content: "<\n\n".repeat(size / 3), mediaType: "text/plain" } },
    ],
    [
      "addressed and tagged",
      { to: [us], tag: Array.from({ length: 10_000 }, () => ({ type: "Mention", href: us, name: "@x" })) },
    ],
  ])("costs little: %s", (_what, object) => {
    readCreate(create({}));
    const before = process.threadCpuUsage();
    readCreate(create(object));
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(100);
  });
});
