import { expect, test } from "vitest";
import { nextPlace } from "./next.ts";

const origin = "https://a.example";

test("after signing in one comes to the place of ours that was asked for", () => {
  for (const next of ["/c/1?m=2#x", "/", "/a//b"]) expect(nextPlace(next, origin)).toBe(next);
});

test("an address made by others leads nowhere else", () => {
  for (const next of [
    "/\\evil.example",
    "//evil.example",
    "/\t/evil.example",
    "/.//evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    `blob:${origin}/x`,
    "//[",
    "",
    undefined,
  ])
    expect([next, nextPlace(next, origin)]).toEqual([next, "/"]);
});
