import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const table = readFileSync(join(root, "docs/security-tests.md"), "utf8");
const id = /\b(?:IF|CL)-\d\d\b/g;

/** The files that a row of the table names for each id. */
const listed = new Map(
  table
    .split("\n")
    .filter((line) => /^\| (?:IF|CL)-/.test(line))
    .map((line) => [line.slice(2, 7), [...line.matchAll(/\]\(\.\.\/(\S+)\)/g)].map(([, path = ""]) => path)]),
);

/** The ids in the titles of a file: whatever is no comment. */
function idsOf(path: string): Set<string> {
  const text = readFileSync(join(root, path), "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  return new Set(text.match(id));
}

const titled = ["src", "test"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join(folder, path)),
);

/** What clients may try with accounts, sessions, apps and sockets. */
const required = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 25, 26, 28];

test("whatever a client may try has its row", () => {
  const ids = required.map((number) => `CL-${String(number).padStart(2, "0")}`);
  expect(ids.filter((each) => !listed.has(each))).toEqual([]);
});

test("each row of docs/security-tests.md names files in which a test has its id", () => {
  expect(listed.size).toBeGreaterThan(40);
  const missing = [...listed].flatMap(([row, paths]) =>
    paths.filter((path) => !titled.includes(path) || !idsOf(path).has(row)).map((path) => `${row} ${path}`),
  );
  expect(missing).toEqual([]);
  expect([...listed].filter(([, paths]) => paths.length === 0)).toEqual([]);
});

test("each id in the title of a test has its row in docs/security-tests.md", () => {
  const known = new Set(titled.flatMap((path) => [...idsOf(path)]));
  expect([...known].filter((each) => !listed.has(each))).toEqual([]);
});
