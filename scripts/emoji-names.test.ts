import { expect, test } from "vitest";
import { namesIn } from "./emoji-names.ts";

test.each([
  ["en", "red heart"],
  ["de", "rotes Herz"],
  ["fr", "cœur rouge"],
  ["es", "corazón rojo"],
  ["ja", "赤いハート"],
  ["ar", "قلب أحمر"],
])("every emoji of the picker is one that the server takes, and has a name: %s", async (language, heart) => {
  const groups = await namesIn(language);
  expect(groups).toHaveLength(9);
  const all = groups.flat();
  expect(all.length).toBeGreaterThan(1_700);
  for (const [emoji, name] of all) {
    expect(emoji).toMatch(/^\p{RGI_Emoji}$/v);
    expect(name).not.toBe("");
  }
  expect(all.find(([emoji]) => emoji === "❤️")?.[1]).toBe(heart);
});

test("flags have the names of their countries in Arabic too", async () => {
  const flags = (await namesIn("ar")).at(-1) ?? [];
  expect(flags.find(([emoji]) => emoji === "🇫🇷")?.[1]).toBe("فرنسا");
});
