import { expect, test } from "vitest";
import { benchGroup, formatGroup, relateGroup } from "./group.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("group measures frame once, prototype and us, and a message makes as few rows for many as for two", async () => {
  const options = { seconds: 1, rounds: 1, rates: [5], members: 20, say: () => {} };
  const lines = relateGroup(await benchGroup(options));
  expect(lines.map(({ contender }) => contender)).toEqual(["floor", "prototype", "luciole"]);
  for (const { p50 } of lines) expect(p50.median).toBeGreaterThan(0);
  expect(lines.at(-1)?.inserts).toBeLessThanOrEqual(4);
  expect(formatGroup(lines).split("\n")).toHaveLength(2 + lines.length);
});
