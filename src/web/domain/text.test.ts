import { expect, test } from "vitest";
import { countCharacters, isJumbo, oneLine } from "./text.ts";

test("one to three emoji alone are shown larger", () => {
  for (const text of ["🦋", "👩‍👩‍👧‍👦 🇫🇷", "❤️❤️❤️"]) expect([text, isJumbo(text)]).toEqual([text, true]);
  for (const text of ["", "1", "🦋🦋🦋🦋", "🦋!", "a"]) expect([text, isJumbo(text)]).toEqual([text, false]);
});

test("characters are counted as people see them", () => {
  expect(countCharacters("né👩‍👩‍👧‍👦")).toBe(3);
  expect(countCharacters("e\u0301")).toBe(1);
});

test("a summary is one short line", () => {
  expect(oneLine(" a\n\n b ")).toBe("a b");
  expect(oneLine("x".repeat(500), 10)).toBe(`${"x".repeat(10)}…`);
});
