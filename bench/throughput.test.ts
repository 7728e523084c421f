import { expect, test } from "vitest";
import { benchThroughput, formatThroughput, relateThroughput } from "./throughput.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("throughput measures prototype and us with many messages under way, every one accounted for", async () => {
  const options = { seconds: 1, rounds: 1, lines: 4, abreast: 8, say: () => {} };
  const lines = relateThroughput(await benchThroughput(options));
  expect(lines.map(({ contender }) => contender)).toEqual(["prototype", "luciole"]);
  for (const { perSecond } of lines) expect(perSecond.median).toBeGreaterThan(0);
  expect(formatThroughput(lines).split("\n")).toHaveLength(2 + lines.length);
});
