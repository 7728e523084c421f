import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

test("IF-58: a hundred thousand keys of strangers leave only the newest thousand", () => {
  const map = new BoundedMap<string, number>({ max: 1_000 });
  for (let n = 0; n < 100_000; n += 1) map.set(`key-${n}`, n);
  expect(map.size).toBe(1_000);
  expect(map.get("key-98999")).toBeUndefined();
  expect(map.get("key-99000")).toBe(99_000);
});

test("what is used stays, what was used longest ago goes", () => {
  const map = new BoundedMap<string, number>({ max: 2 });
  map.set("a", 1);
  map.set("b", 2);
  map.get("a");
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
});

test("an entry is gone when its time is over, its own time before the map's", () => {
  let now = 0;
  const map = new BoundedMap<string, number>({ max: 10, ttlMs: 100, now: () => now });
  map.set("a", 1);
  map.set("b", 2, 10);
  now = 50;
  expect([map.get("a"), map.get("b")]).toEqual([1, undefined]);
  now = 100;
  expect(map.get("a")).toBeUndefined();
  expect(map.size).toBe(0);
});
