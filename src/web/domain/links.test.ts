import { expect, test } from "vitest";
import { conversationIn, placeOf, searchedIn, searchPath } from "./links.ts";

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
