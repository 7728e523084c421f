import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

test("the limit holds within a window, each key by itself, and a new window begins afresh", () => {
  let now = 1_000;
  const limit = new RateLimit({ limit: 3, windowMs: 60_000, keys: 10, now: () => now });
  expect([limit.take("a"), limit.take("a"), limit.wait("a"), limit.take("a")]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
  now += 20_500;
  expect(limit.take("a")).toBe(40);
  expect(limit.wait("a")).toBe(40);
  expect(limit.take("b")).toBeUndefined();
  now += 39_500;
  expect(limit.wait("a")).toBeUndefined();
  expect(limit.take("a")).toBeUndefined();
});
