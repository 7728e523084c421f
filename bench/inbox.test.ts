import { expect, test } from "vitest";
import { benchInbox, formatInbox, relateInbox } from "./inbox.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("inbox measures floor, Fedify and us in one run, every delivery accounted for", async () => {
  const options = { seconds: 1, rounds: 1, rates: [20], lines: 4, hosts: 2, say: () => {} };
  const lines = relateInbox(await benchInbox(options));
  expect(lines.map(({ contender }) => contender)).toEqual(["floor", "fedify", "luciole"]);
  for (const { p50, p50ToFedify } of lines) {
    expect(p50.median).toBeGreaterThan(0);
    expect(p50ToFedify.median).toBeGreaterThan(0);
  }
  expect(lines.at(-1)!.screenP50.median).toBeGreaterThan(0);
  expect(formatInbox(lines).split("\n")).toHaveLength(2 + lines.length);
});
