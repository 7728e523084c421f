import { expect, test } from "vitest";
import { createBatch } from "./batch.ts";

test("what is asked for while one batch is under way is the next one", async () => {
  const sizes: number[] = [];
  const double = createBatch(async (numbers: readonly number[]) => {
    sizes.push(numbers.length);
    await new Promise((resolve) => setImmediate(resolve));
    return numbers.map((number) => number * 2);
  });
  const first = double(1);
  await Promise.resolve();
  await Promise.resolve();
  expect(await Promise.all([first, double(2), double(3), double(4)])).toEqual([2, 4, 6, 8]);
  expect(sizes).toEqual([1, 3]);
  expect(await double(5)).toBe(10);
});

test("no batch grows beyond a bound, and the order stays", async () => {
  const sizes: number[] = [];
  const same = createBatch(async (numbers: readonly number[]) => {
    sizes.push(numbers.length);
    return numbers;
  });
  const numbers = Array.from({ length: 600 }, (_, n) => n);
  expect(await Promise.all(numbers.map(same))).toEqual(numbers);
  expect(sizes).toEqual([256, 256, 88]);
});

test("one bad input fails alone", async () => {
  const refuse = createBatch(async (numbers: readonly number[]) => {
    if (numbers.includes(3)) throw new Error("three");
    return numbers;
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(refuse));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});

test("a batch that must not be repeated fails whole", async () => {
  let tries = 0;
  const lose = createBatch(
    async () => {
      tries += 1;
      throw new Error("lost");
    },
    { isRepeatable: () => false },
  );
  const outcomes = await Promise.allSettled([1, 2, 3].map(lose));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(tries).toBe(1);
});
