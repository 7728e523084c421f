import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layers, packages, type LayerName } from "./layers.ts";
import { dependencies, lintConfig } from "./lint-config.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const names = Object.keys(layers) as LayerName[];

describe("the table of layers", () => {
  test("has a row for every folder under src", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(names).toEqual(expect.arrayContaining(folders));
  });

  test("names only layers above which no arrow returns", () => {
    const reach = (layer: LayerName, seen: readonly string[] = []): void => {
      expect(seen).not.toContain(layer);
      for (const below of layers[layer].may) reach(below, [...seen, layer]);
    };
    for (const layer of names) reach(layer);
  });

  test("has no row for a package that is not installed", () => {
    const rows = Object.keys(packages).filter((name) => !name.startsWith("node:"));
    expect(dependencies()).toEqual(expect.arrayContaining(rows));
  });

  test("is what .oxlintrc.json was made from (npm run lint:config)", () => {
    expect(read(".oxlintrc.json")).toBe(lintConfig());
  });

  test("is shown in docs/ARCHITECTURE.md as it is", () => {
    const architecture = read("docs/ARCHITECTURE.md").replaceAll(/ +/g, " ");
    for (const layer of names) {
      const may = layers[layer].may.join(", ") || "nothing";
      expect(architecture).toContain(`| \`src/${layer}/\` | ${layers[layer].holds} | ${may} |`);
    }
  });
});

/** What the lint must refuse: the file, its text, and the rule that answers. */
const wrong: readonly [path: string, text: string, rule: string][] = [
  ["src/db/by-alias.ts", `import { a } from "#domain/a.ts";\nconsole.assert(a);`, "no-restricted-imports"],
  ["src/db/by-path.ts", `import { a } from "../domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/db/deep/by-path.ts", `import { a } from "../../domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/db/by-detour.ts", `import { a } from "./deep/../../domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/db/by-re-export.ts", `export { a } from "#domain/a.ts";`, "no-restricted-imports"],
  ["src/db/by-re-export-of-all.ts", `export * from "#domain/a.ts";`, "no-restricted-imports"],
  [
    "src/db/by-import-at-run-time.ts",
    `export const a = await import("#domain/a.ts");`,
    "no-restricted-imports",
  ],
  [
    "src/db/by-type.ts",
    `import type { A } from "#domain/a.ts";\nexport type B = A;`,
    "no-restricted-imports",
  ],
  ["src/db/type-in-place.ts", `export type B = import("#domain/a.ts").A;`, "consistent-type-imports"],
  ["src/domain/allowed-by-path.ts", `import { a } from "../db/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/domain/root.ts", `import { a } from "#app.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/domain/root-by-path.ts", `import { a } from "../app.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/domain/itself.ts", `import { a } from "#domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/domain/fedify.ts", `import { Note } from "@fedify/vocab";\nvoid Note;`, "no-restricted-imports"],
  [
    "src/domain/fedify-deep.ts",
    `import * as sig from "@fedify/fedify/sig";\nvoid sig;`,
    "no-restricted-imports",
  ],
  [
    "src/domain/hono.ts",
    `import type { Context } from "hono";\nexport type A = Context;`,
    "no-restricted-imports",
  ],
  ["src/domain/drizzle.ts", `import { sql } from "drizzle-orm";\nvoid sql;`, "no-restricted-imports"],
  ["src/domain/zod.ts", `import { z } from "zod";\nvoid z;`, "no-restricted-imports"],
  ["src/federation/hono.ts", `import { Hono } from "hono/tiny";\nvoid Hono;`, "no-restricted-imports"],
  ["src/federation/undici.ts", `import { request } from "undici";\nvoid request;`, "no-restricted-imports"],
  ["src/federation/https.ts", `import { get } from "node:https";\nvoid get;`, "no-restricted-imports"],
  ["src/federation/http.ts", `import { get } from "http";\nvoid get;`, "no-restricted-imports"],
  [
    "src/federation/dns.ts",
    `import { lookup } from "node:dns/promises";\nvoid lookup;`,
    "no-restricted-imports",
  ],
  [
    "src/federation/fetch.ts",
    `export const a = (): Promise<Response> => fetch("https://a.example/");`,
    "no-restricted-globals",
  ],
  ["src/federation/global-fetch.ts", `export const a = globalThis.fetch;`, "no-restricted-properties"],
  ["src/lib/undici.ts", `import { request } from "undici";\nvoid request;`, "no-restricted-imports"],
  ["src/routes/ws.ts", `import { WebSocket } from "ws";\nvoid WebSocket;`, "no-restricted-imports"],
  ["src/routes/postgres.ts", `import postgres from "postgres";\nvoid postgres;`, "no-restricted-imports"],
  ["src/web/node.ts", `import { join } from "node:path";\nvoid join;`, "no-restricted-imports"],
  ["src/web/by-path.ts", `import { a } from "../domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/web/ui/by-path.ts", `import { a } from "../../domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/web/domain.ts", `import { a } from "#domain/a.ts";\nvoid a;`, "no-restricted-imports"],
  ["src/web/unlisted.ts", `import { build } from "vite";\nvoid build;`, "no-restricted-imports"],
  [
    "src/domain/promise.ts",
    `export const a = (): void => {\n  Promise.resolve();\n};`,
    "no-floating-promises",
  ],
  ["src/domain/environment.ts", `export const a = process.env["A"];`, "no-process-env"],
  ["src/domain/any.ts", `export const a = (b: any): string => String(b);`, "no-explicit-any"],
  ["src/domain/default.ts", `const a = 1;\nexport default a;`, "no-default-export"],
  ["src/domain/camelCase.ts", `export const a = 1;`, "filename-case"],
  ["src/domain/four.ts", `export const a = (b: 1, c: 1, d: 1, e: 1): number => b + c + d + e;`, "max-params"],
  [
    "src/domain/long.ts",
    Array.from({ length: 301 }, (_, n) => `export const a${n} = 1;`).join("\n"),
    "max-lines",
  ],
  ["src/domain/console.ts", `console.log("a");`, "no-console"],
  ["src/domain/swallowed.ts", `try {\n  process.exit();\n} catch {}`, "no-empty"],
  ["src/domain/cycle.ts", `import { b } from "./cycle-back.ts";\nexport const a = b;`, "no-cycle"],
  ["src/domain/ignored.ts", `// @ts-ignore\nexport const a: string = 1;`, "ban-ts-comment"],
  [
    "src/domain/skipped.test.ts",
    `import { test } from "vitest";\ntest.skip("a", () => {});`,
    "no-disabled-tests",
  ],
];

/** What the lint must let pass, and the files that the wrong ones point at. */
const right: readonly [path: string, text: string][] = [
  ["src/app.ts", `import { Hono } from "hono";\nexport const a = new Hono();`],
  ["src/config.ts", `export const a = process.env["A"];`],
  ["src/db/a.ts", `export { sql as a } from "drizzle-orm";`],
  ["src/domain/a.ts", `import { a as b } from "#db/a.ts";\nexport type A = string;\nexport const a = b;`],
  ["src/domain/cycle-back.ts", `import { a } from "./cycle.ts";\nexport const b = a;`],
  ["src/lib/egress.ts", `export { request } from "undici";`],
  ["src/federation/a.ts", `export { Note } from "@fedify/vocab";\nexport { a } from "#domain/a.ts";`],
  ["src/domain/a.test.ts", `import { a } from "#app.ts";\nvoid a;`],
  ["src/web/domain/a.ts", `export const a = 1;`],
  ["src/web/ui/a.ts", `export { a } from "../domain/a.ts";`],
  ["src/web/a.ts", `export const a = (): Promise<Response> => fetch("/api");`],
];

test("a new event does not compile until its effects, its presenter and its apply exist", () => {
  const copy = mkdtempSync(join(tmpdir(), "luciole-event-"));
  for (const name of ["package.json", "tsconfig.json", "src"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  const insert = (path: string, after: string, line: string): void => {
    const text = readFileSync(join(copy, path), "utf8");
    expect(text).toContain(after);
    writeFileSync(join(copy, path), text.replace(after, `${after}\n  ${line}`));
  };
  insert("src/domain/events.ts", "export interface EventPayloads {", `"message.weighed": MessageFact;`);
  insert("src/protocol/changes.ts", "export interface ChangePayloads {", `"message.starred": Numbered;`);
  const config = { extends: "./tsconfig.json", include: ["src/effects/index.ts", "src/protocol/apply.ts"] };
  writeFileSync(join(copy, "tsconfig.event.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", "tsconfig.event.json"], {
    cwd: copy,
    encoding: "utf8",
  });
  rmSync(copy, { recursive: true });
  const missing = (path: string, name: string): RegExp =>
    new RegExp(`^${path}\\(.*\\n?.*'"${name}"' is missing`, "m");
  expect(run.stdout).toMatch(missing("src/effects/index.ts", "message.weighed"));
  expect(run.stdout).toMatch(missing("src/present/changes.ts", "message.weighed"));
  expect(run.stdout).toMatch(missing("src/protocol/apply.ts", "message.starred"));
});

describe("the lint", () => {
  const copy = mkdtempSync(join(tmpdir(), "luciole-house-"));
  const refusals = new Map<string, string[]>();

  beforeAll(() => {
    for (const name of [".oxlintrc.json", "tsconfig.json", "package.json", "src/web/tsconfig.json"])
      cpSync(join(root, name), join(copy, name));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    for (const [path, text] of [...wrong, ...right]) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), `${text}\n`);
    }
    const oxlint = join(root, "node_modules", "oxlint", "bin", "oxlint");
    const run = spawnSync(process.execPath, [oxlint, "--format=json", "src"], {
      cwd: copy,
      encoding: "utf8",
    });
    const report = JSON.parse(run.stdout) as { diagnostics: { filename: string; code: string }[] };
    for (const { filename, code } of report.diagnostics)
      refusals.set(filename, [...(refusals.get(filename) ?? []), code]);
  });

  afterAll(() => rmSync(copy, { recursive: true }));

  test.each(wrong)("refuses %s", (path, _text, rule) => {
    expect(refusals.get(path)?.join(" ") ?? "").toContain(rule);
  });

  test.each(right)("lets %s pass", (path) => {
    expect(refusals.get(path) ?? []).toEqual(path === "src/domain/cycle-back.ts" ? ["import(no-cycle)"] : []);
  });
});
