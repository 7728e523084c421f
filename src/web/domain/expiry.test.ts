import { expect, test } from "vitest";
import { messageOf } from "../../../test/helpers/message.ts";
import { isOver, nextEnd } from "./expiry.ts";

const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);
const message = (expiresAt: string | null, expired = false) =>
  messageOf({ id: "m", authorId: "bob", position: 1, expiresAt, expired });
const soon = message("2026-01-01T10:00:05Z");

test("a message is over by the clock here before the server says so, and by the server's word at once", () => {
  expect(isOver(soon, at("10:00:04"))).toBe(false);
  expect(isOver(soon, at("10:00:05"))).toBe(true);
  expect(isOver(message("2026-01-01T10:00:05Z", true), at("10:00:00"))).toBe(true);
  expect(isOver(message(null), at("10:00:00"))).toBe(false);
});

test("the next to disappear is the first of those that are still there", () => {
  const messages = [message(null), message("2026-01-01T11:00:00Z"), soon];
  expect(nextEnd(messages, at("10:00:00"))).toBe(at("10:00:05"));
  expect(nextEnd(messages, at("10:00:05"))).toBe(at("11:00:00"));
  expect(nextEnd(messages, at("11:00:00"))).toBeNull();
});
