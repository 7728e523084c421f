import { expect, test } from "vitest";
import { wordsOf } from "./words.ts";

const words = (text: string) => Array.from(wordsOf(text), ({ word }) => word);

test("words are found without case, accents and width", () => {
  expect(words("Crème BRÛLÉE, naïve; ΆΛΦΑ Ёлка ＦＵＬＬ ﬁne")).toEqual([
    "creme",
    "brulee",
    "naive",
    "αλφα",
    "елка",
    "full",
    "fine",
  ]);
});

test("apostrophes, hyphens, dots and underscores part words", () => {
  expect(words("l'école foo-bar snake_case example.com it’s")).toEqual([
    "l",
    "ecole",
    "foo",
    "bar",
    "snake",
    "case",
    "example",
    "com",
    "it",
    "s",
  ]);
});

test("scripts without spaces are split into words", () => {
  expect(words("東京タワーに行きました")).toEqual(expect.arrayContaining(["東京", "タワー"]));
  expect(words("我们明天去北京")).toContain("北京");
  expect(words("ภาษาไทยง่าย")).toEqual(["ภาษา", "ไทย", "ง่าย"]);
});

test("an emoji is a word, other signs are none", () => {
  expect(words("yes! 🎉 -- …")).toEqual(["yes", "🎉"]);
});

test("each word says where it stands, in UTF-16", () => {
  const text = "🎉 Über-Ärger 東京";
  for (const { start, end, word } of wordsOf(text)) expect(words(text.slice(start, end))).toEqual([word]);
});

test("a word without end is cut, and nothing makes the search for words slow to end", () => {
  expect(words("x".repeat(100_000))).toEqual(["x".repeat(64)]);
  expect(words("\u0301".repeat(100_000))).toEqual([]);
  expect(words("東".repeat(100_000)).length).toBeGreaterThan(1_000);
});
