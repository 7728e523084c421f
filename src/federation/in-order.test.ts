import { expect, test } from "vitest";
import { createInOrder } from "./in-order.ts";

test("work for one key is done in the order of the calls, whatever fails in between", async () => {
  const inOrder = createInOrder();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inOrder.run("a", async () => {
    await gate.promise;
    done.push("first");
    throw new Error("broken");
  });
  const second = inOrder.run("a", async () => void done.push("second"));
  const other = inOrder.run("b", async () => void done.push("other"));
  await other;
  expect(done).toEqual(["other"]);
  gate.resolve();
  await expect(first).rejects.toThrow("broken");
  await second;
  expect(done).toEqual(["other", "first", "second"]);
  expect(await inOrder.run("a", async () => "third")).toBe("third");
});
