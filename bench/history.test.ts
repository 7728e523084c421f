import { expect, test } from "vitest";
import { benchHistory, formatHistory, kinds, relateHistory } from "./history.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("history measures the list and each kind of page beside the raw rows, in a short and a longer conversation", async () => {
  const options = { rounds: 1, rows: [200, 1_000], lines: 3, asked: 2, say: () => {} };
  const lines = relateHistory(await benchHistory(options));
  const expected = kinds.flatMap((kind) =>
    [200, 1_000].flatMap((rows) =>
      ["raw SQL", "luciole"].map((contender) => `${kind}, ${rows}: ${contender}`),
    ),
  );
  expect(lines.map(({ kind, rows, contender }) => `${kind}, ${rows}: ${contender}`)).toEqual(expected);
  for (const { p50, p99ToRaw } of lines) {
    expect(p50.median).toBeGreaterThan(0);
    expect(p99ToRaw.median).toBeGreaterThan(0);
  }
  expect(formatHistory(lines).split("\n")).toHaveLength(2 + lines.length);
});
