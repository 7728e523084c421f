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
