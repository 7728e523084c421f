import { expect, test } from "vitest";
import { conversationIn, joinAt, joinPath, placeOf, searchedIn, searchPath } from "./links.ts";

test("a conversation is found in its address, and in that of each of its messages", () => {
  expect(conversationIn(placeOf({ conversationId: "c1", id: "m1" }))).toBe("c1");
  expect(conversationIn("/c/c1")).toBe("c1");
  expect(conversationIn("/requests")).toBeNull();
  expect(conversationIn("/")).toBeNull();
});

test("a search is begun in a conversation or everywhere, and its address says which", () => {
  expect(searchedIn(searchPath(null))).toEqual({ place: null, everywhere: true });
  expect(searchedIn(searchPath("c1"))).toEqual({ place: "c1", everywhere: false });
  expect(searchedIn(searchPath("c1", true))).toEqual({ place: "c1", everywhere: true });
  expect(searchedIn("/c/c1")).toBeNull();
});

test("who has their account elsewhere is led there with the link, and nowhere else", () => {
  const link = { origin: "https://a.example", code: "AAAAAAAAAAAAAAAAAAAAAA" };
  const expected = `https://b.example${joinPath(`https://a.example/join/${link.code}`)}`;
  for (const address of ["@bo@b.example", "bo@b.example", "b.example", " B.example "])
    expect(joinAt(address, link)).toBe(expected);
  expect(joinAt("bo@b.example:8443", link)).toMatch(/^https:\/\/b\.example:8443\/join\?link=https%3A/);
  for (const address of ["", "@", "bo@", "b.example/x", "b.example?x", "b.example#x", "b.example\\x", "a b"])
    expect(joinAt(address, link), address).toBeNull();
});
