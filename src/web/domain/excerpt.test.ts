import { expect, test } from "vitest";
import { excerpt } from "./excerpt.ts";

/** The excerpt around a word of a text, what was found in brackets. */
function around(text: string, word: string): string {
  const finds = [...text.matchAll(new RegExp(word, "gu"))].map(({ index }) => {
    return { start: index, end: index + word.length };
  });
  return excerpt(text, finds)
    .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
    .join("");
}

test("a short text is whole, in one line, with every find marked", () => {
  expect(around("the lamp\n\nand the lamp", "lamp")).toBe("the [lamp] and the [lamp]");
  expect(excerpt("only from: was asked", [])).toEqual([{ text: "only from: was asked", found: false }]);
});

test("of a long text the part around the first find is shown, from the beginning of a word", () => {
  const shown = around(`${"before ".repeat(40)}lamp ${"after ".repeat(80)}lamp`, "lamp");
  expect(shown).toMatch(/^…(before ){6}\[lamp\] (after ?)+\w*…$/u);
  expect(shown.length).toBeLessThan(260);
});

test("no character is cut in two", () => {
  const shown = around(`${"🏮".repeat(60)}x${"🏮".repeat(200)}`, "x");
  expect(shown.isWellFormed()).toBe(true);
  expect(shown).toMatch(/^…🏮+\[x\]🏮+…$/u);
});
