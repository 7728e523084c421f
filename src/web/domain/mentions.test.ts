import { expect, test } from "vitest";
import type { Person } from "#protocol/types.ts";
import { mentionAt, strangersIn, suggestPeople } from "./mentions.ts";

function person(handle: string, host: string | null, name = handle): Person {
  const address = `@${handle}@${host ?? "a.example"}`;
  return { ...({} as Person), id: address, handle, host, address, name, profileUrl: "" };
}

const members = [person("ann", null, "Ann Lee"), person("bob", "b.example", "Bob")];
const others = [
  person("anna", null, "Anna"),
  person("cy", "c.example", "Cy"),
  person("bob", null, "Bob the other"),
];
const company = { members, others };
const wordAt = (text: string, caret = text.length) => mentionAt(text, caret)?.word;

test("an @ begins a mention at the start of a word only", () => {
  expect(wordAt("@")).toBe("");
  expect(wordAt("hello @an")).toBe("an");
  expect(wordAt("(@an")).toBe("an");
  expect(wordAt("hello @ann@b.ex")).toBe("ann@b.ex");
  expect(wordAt("mail ann@b")).toBeUndefined();
  expect(wordAt("@ann is")).toBeUndefined();
  expect(wordAt("@ann is", 4)).toBe("ann");
  expect(wordAt("https://a.example/@ann")).toBeUndefined();
  expect(mentionAt("oh @an", 6)).toEqual({ start: 3, end: 6, word: "an" });
});

test("members come first, by handle, address or any part of their name", () => {
  const names = (word: string) => suggestPeople(word, company).map(({ name }) => name);
  expect(names("")).toEqual(["Ann Lee", "Bob"]);
  expect(names("an")).toEqual(["Ann Lee", "Anna"]);
  expect(names("LEE")).toEqual(["Ann Lee"]);
  expect(names("bob")).toEqual(["Bob", "Bob the other"]);
  expect(names("bob@b")).toEqual(["Bob"]);
  expect(names("zoe")).toEqual([]);
});

test("whoever is named and is not here is told apart from whoever is", () => {
  const strangers = (text: string) => strangersIn(text, company, "a.example");
  expect(strangers("@ann and @bob@b.example, look")).toEqual([]);
  expect(strangers("@bob")).toEqual([]);
  expect(strangers("@Ann@A.example")).toEqual([]);
  expect(strangers("@cy@c.example will like this")).toEqual(["Cy"]);
  expect(strangers("@bob@a.example")).toEqual(["Bob the other"]);
  expect(strangers("@dora@d.example, @dora@d.example!")).toEqual(["@dora@d.example"]);
  expect(strangers("@anna")).toEqual(["Anna"]);
  expect(strangers("at @noon, a@b.example")).toEqual([]);
});
