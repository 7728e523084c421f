import { expect, test } from "vitest";
import { keepRecent, offer, readRecent, searchEmoji } from "./emoji.ts";

const all = [
  offer(["😻", "smiling cat with heart-eyes", "love"]),
  offer(["❤️", "red heart", "love"]),
  offer(["💔", "broken heart", "sad"]),
  offer(["🫀", "heart organ", "anatomical"]),
  { emoji: ":heartfly:", url: "/emoji/1", name: "heartfly", words: "" },
];
const found = (typed: string) => searchEmoji(all, typed).map(({ emoji }) => emoji);

test("what is typed finds names that begin with it first, then others, then words", () => {
  expect(found("heart")).toEqual(["🫀", ":heartfly:", "😻", "❤️", "💔"]);
  expect(found(" LOVE ")).toEqual(["😻", "❤️"]);
  expect(found("❤️")).toEqual(["❤️"]);
  expect(found("zebra")).toEqual([]);
});

test("what was used last comes first, once", () => {
  expect(readRecent(null)).toEqual([]);
  const kept = keepRecent(readRecent("👍 ❤️"), "❤️");
  expect(kept).toBe("❤️ 👍");
  let many: string[] = [];
  for (let index = 0; index < 30; index += 1) many = readRecent(keepRecent(many, `e${index}`));
  expect(many).toHaveLength(14);
});
