import { expect, test } from "vitest";
import { conversationIn, placeOf } from "./links.ts";

test("a conversation is found in its address, and in that of each of its messages", () => {
  expect(conversationIn(placeOf({ conversationId: "c1", id: "m1" }))).toBe("c1");
  expect(conversationIn("/c/c1")).toBe("c1");
  expect(conversationIn("/requests")).toBeNull();
  expect(conversationIn("/")).toBeNull();
});
