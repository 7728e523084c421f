import { expect, test } from "vitest";
import { countCharacters, isJumbo, linkify, oneLine } from "./text.ts";

const links = (text: string) => linkify(text).flatMap((part) => (part.kind === "link" ? [part.text] : []));

test("web addresses become links, and nothing of the text is lost", () => {
  const text = "See https://a.example/b?c=d#e, and http://b.example!";
  expect(links(text)).toEqual(["https://a.example/b?c=d#e", "http://b.example"]);
  expect(
    linkify(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test("the punctuation of a sentence is not part of an address, a balanced bracket is", () => {
  expect(links("(https://a.example/x)")).toEqual(["https://a.example/x"]);
  expect(links("https://en.example/wiki/Firefly_(insect)...")).toEqual([
    "https://en.example/wiki/Firefly_(insect)",
  ]);
});

test("an address that goes on for ever stays text or ends where it did, in one pass", () => {
  for (const tail of [")", "(", "()", ").", ".,;", "[]"].map((piece) =>
    piece.repeat(100_000 / piece.length),
  )) {
    const text = `https://e.example/${tail}`;
    const parts = linkify(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(links(text).every((link) => link.length <= 2_048)).toBe(true);
  }
  expect(links(`https://e.example/${")".repeat(100_000)}`)).toEqual(["https://e.example/"]);
  expect(links(`https://e.example/${"(".repeat(100_000)}`)).toEqual([]);
  expect(links(`https://e.example/${"x".repeat(2_030)}`)).toHaveLength(1);
  expect(links(`https://e.example/${"x".repeat(2_031)}`)).toEqual([]);
  expect(links("https://e.example/(a)b)_.")).toEqual(["https://e.example/(a)b"]);
});

test("only http and https become links, and never with a name and password", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example",
    "https://bank.example@evil.example/",
  ]) {
    expect([text, ...links(text)]).toEqual([text]);
  }
});

test("markup in a text stays text", () => {
  expect(linkify("<b>x</b> <a href='https://a.example'>")).toContainEqual({
    kind: "link",
    text: "https://a.example",
    href: "https://a.example/",
  });
  expect(linkify("<img src=x onerror=alert(1)>")).toEqual([
    { kind: "text", text: "<img src=x onerror=alert(1)>" },
  ]);
});

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
