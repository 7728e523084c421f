import { expect, test } from "vitest";
import { benchFlood, formatFlood, relateFlood } from "./flood.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("flood measures us with and without invalid requests, and what each kind of them costs", async () => {
  const options = { seconds: 1, rounds: 1, rates: [5], lines: 8, hosts: 2, samples: 10, say: () => {} };
  const { series, costs } = await benchFlood(options);
  const lines = relateFlood(series);
  expect(lines.map(({ contender }) => contender)).toEqual(["quiet", "flooded"]);
  for (const { deliveriesP99ToQuiet, sendsP99ToQuiet, lagMost } of lines) {
    expect(lagMost.median).toBeGreaterThan(0);
    expect(deliveriesP99ToQuiet.median).toBeGreaterThan(0);
    expect(sendsP99ToQuiet.median).toBeGreaterThan(0);
  }
  expect(costs.map(({ kind }) => kind)).toEqual([
    "valid",
    "unsigned",
    "wrong signature",
    "wrong digest",
    "stale date",
    "too large, declared",
    "too large, undeclared",
    "unknown key",
  ]);
  expect(formatFlood(lines, costs).split("\n")).toHaveLength(2 + lines.length + 3 + costs.length);
});
