import { expect, test } from "vitest";
import { benchOutbox, formatOutbox, relateOutbox } from "./outbox.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("outbox measures sign and POST, and us with and without dead servers, every delivery accounted for", async () => {
  const lines = relateOutbox(await benchOutbox({ rounds: 1, hosts: 10, dead: 2, say: () => {} }));
  expect(lines.map(({ contender, live, dead }) => [contender, live, dead])).toEqual([
    ["floor", 8, 0],
    ["luciole, all live", 8, 0],
    ["luciole, some dead", 8, 2],
  ]);
  for (const { last, rateToFloor, lastToAllLive } of lines) {
    expect(last.median).toBeGreaterThan(0);
    expect(rateToFloor.median).toBeGreaterThan(0);
    expect(lastToAllLive.median).toBeGreaterThan(0);
  }
  expect(formatOutbox(lines).split("\n")).toHaveLength(2 + lines.length);
}, 180_000); // each round waits until the dead ones were given up
