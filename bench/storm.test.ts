import { expect, test } from "vitest";
import { prepareShortRun } from "./short-run.ts";
import { benchStorm, formatStorm, relateStorm } from "./storm.ts";

prepareShortRun();

test("storm has everybody come back at once, to raw sockets and to us, and all have what they missed", async () => {
  const options = { rounds: 1, clients: 20, lines: 4, messages: 12, abreast: 20, say: () => {} };
  const lines = relateStorm(await benchStorm(options));
  expect(lines.map(({ contender }) => contender)).toEqual(["raw accept", "luciole"]);
  for (const { connected, whole } of lines) {
    expect(connected.median).toBeGreaterThan(0);
    expect(whole.median).toBeGreaterThanOrEqual(connected.median);
  }
  expect(formatStorm(lines).split("\n")).toHaveLength(2 + lines.length);
});
