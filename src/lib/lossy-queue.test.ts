import { expect, test } from "vitest";
import { LossyQueue } from "./lossy-queue.ts";

function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

test("work for one key is done one after another, and another key does not wait for it", async () => {
  const queue = new LossyQueue({ concurrency: 2, perKey: 5, keys: 5 });
  const [gate, done] = [createGate(), [] as string[]];
  queue.push("slow", () => gate.passed.then(() => void done.push("slow 1")));
  queue.push("slow", async () => void done.push("slow 2"));
  queue.push("fast", async () => void done.push("fast"));
  await new Promise(setImmediate);
  expect(done).toEqual(["fast"]);
  gate.open();
  await new Promise(setImmediate);
  expect(done).toEqual(["fast", "slow 1", "slow 2"]);
});

test("what waits too long for its key makes room for what is newer, and beyond so many keys nothing waits", async () => {
  const queue = new LossyQueue({ concurrency: 1, perKey: 2, keys: 1 });
  const [gate, done] = [createGate(), [] as string[]];
  queue.push("a", () => gate.passed);
  for (const name of ["1", "2", "3"]) queue.push("a", async () => void done.push(name));
  queue.push("b", async () => void done.push("b"));
  gate.open();
  await new Promise(setImmediate);
  expect(done).toEqual(["2", "3"]);
});
