import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

test("no more than the limit at once, the others in the order they came, and nothing is kept afterwards", async () => {
  const slots = new Slots(2);
  const never = new AbortController().signal;
  const order: number[] = [];
  let now = 0;
  let most = 0;
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (n) => {
      const release = await slots.acquire("host", never);
      order.push(n);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      release();
      release();
    }),
  );
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(slots.size).toBe(0);
});

test("who gives up waiting leaves the queue and takes nothing", async () => {
  const slots = new Slots(1);
  const never = new AbortController().signal;
  const first = await slots.acquire("host", never);
  const impatient = new AbortController();
  const second = slots.acquire("host", impatient.signal);
  const third = slots.acquire("host", never);
  impatient.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  first();
  (await third)();
  expect(slots.size).toBe(0);
});

test("a full key refuses at once when asked not to wait, and other keys are free", () => {
  const slots = new Slots(1);
  expect(slots.tryAcquire("a")).toBeDefined();
  expect(slots.tryAcquire("a")).toBeUndefined();
  expect(slots.tryAcquire("b")).toBeDefined();
});
