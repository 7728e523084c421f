import { expect, test } from "vitest";
import { createInOrder, QueueFull } from "./in-order.ts";

const plenty = { perKey: 10, perGroup: 10, all: 10 };
const at = (key: string, group = key) => ({ key, group });

test("work for one key is done in the order of the calls, whatever fails in between", async () => {
  const inOrder = createInOrder(plenty);
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inOrder.run(at("a"), async () => {
    await gate.promise;
    done.push("first");
    throw new Error("broken");
  });
  const second = inOrder.run(at("a"), async () => void done.push("second"));
  const other = inOrder.run(at("b"), async () => void done.push("other"));
  await other;
  expect(done).toEqual(["other"]);
  gate.resolve();
  await expect(first).rejects.toThrow("broken");
  await second;
  expect(done).toEqual(["other", "first", "second"]);
  expect(await inOrder.run(at("a"), async () => "third")).toBe("third");
});

test.each([
  { what: "one key", limits: { ...plenty, perKey: 2 }, full: at("a", "g"), free: [at("b", "g"), at("c")] },
  { what: "one group", limits: { ...plenty, perGroup: 2 }, full: at("b", "g"), free: [at("c")] },
  { what: "all together", limits: { ...plenty, all: 2 }, full: at("c"), free: [] },
])(
  "no more than so much waits for $what, and afterwards there is room again",
  async ({ limits, full, free }) => {
    const inOrder = createInOrder(limits);
    const gate = Promise.withResolvers<void>();
    const broken = inOrder.run(at("a", "g"), async () => {
      await gate.promise;
      throw new Error("broken");
    });
    const waiting = inOrder.run(at("a", "g"), async () => "waited");
    let begun = false;
    await expect(inOrder.run(full, async () => void (begun = true))).rejects.toThrow(QueueFull);
    expect(begun).toBe(false);
    expect(await Promise.all(free.map((place) => inOrder.run(place, async () => place)))).toEqual(free);
    gate.resolve();
    await expect(broken).rejects.toThrow("broken");
    expect(await waiting).toBe("waited");
    expect(await inOrder.run(full, async () => "room")).toBe("room");
  },
);
