import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import { Clock } from "./clock.ts";

test("the time is the server's once it has said it, however wrong the clock here is", () => {
  let here = Date.parse("2026-01-01T12:00:00Z");
  const clock = new Clock(() => here);
  const seen: number[] = [];
  effect(() => void seen.push(clock.now()));
  clock.set("2026-01-01T10:00:00.000Z");
  here += 5_000;
  expect(clock.now()).toBe(Date.parse("2026-01-01T10:00:05Z"));
  expect(seen).toEqual([Date.parse("2026-01-01T12:00:00Z"), Date.parse("2026-01-01T10:00:00Z")]);
});
