import { beforeAll, expect, test } from "vitest";
import { buildWebOnce } from "../test/helpers/server.ts";
import { benchList, formatList, relateList } from "./list.ts";

beforeAll(buildWebOnce);

test("list measures opening and resuming with few conversations and with many", async () => {
  const lines = relateList(
    await benchList({ rounds: 1, lines: 1_200, rows: 3_000, asked: 5, say: () => {} }),
  );
  expect(lines.map(({ kind, reader }) => `${kind}: ${reader}`)).toEqual([
    "first page: few",
    "first page: many",
    "first page: idle",
    "sync: few",
    "sync: many",
    "sync: idle",
    "own: few",
    "own: many",
    "own: idle",
  ]);
  for (const { p50, p50ToFew } of lines) {
    expect(p50.median).toBeGreaterThan(0);
    expect(p50ToFew.median).toBeGreaterThan(0);
  }
  expect(formatList(lines).split("\n")).toHaveLength(2 + lines.length);
}, 120_000);
