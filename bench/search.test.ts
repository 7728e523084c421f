import { expect, test } from "vitest";
import { benchSearch, formatSearch, relateSearch } from "./search.ts";
import { prepareShortRun } from "./short-run.ts";

prepareShortRun();

test("search measures words of each kind beside the raw index, and sends with and without indexing", async () => {
  const options = { seconds: 1, rounds: 1, rows: 20_000, lines: 4, rate: 10, asked: 5, say: () => {} };
  const lines = relateSearch(await benchSearch(options));
  expect(lines.map(({ kind, contender }) => `${kind}: ${contender}`)).toEqual([
    "rare: raw GIN",
    "rare: luciole",
    "medium: raw GIN",
    "medium: luciole",
    "common: raw GIN",
    "common: luciole",
    "everywhere: raw GIN",
    "everywhere: luciole",
    "send: not indexed meanwhile",
    "send: luciole",
  ]);
  for (const { p50, p99ToFloor } of lines) {
    expect(p50.median).toBeGreaterThan(0);
    expect(p99ToFloor.median).toBeGreaterThan(0);
  }
  expect(formatSearch(lines).split("\n")).toHaveLength(2 + lines.length);
}, 120_000);
