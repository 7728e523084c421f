import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { buildWeb } from "../scripts/build-web.ts";

const dist = join(import.meta.dirname, "../dist/web");
const kibibyte = 1024;

beforeAll(async () => void (await buildWeb()), 60_000);

/** How many bytes of these files travel, compressed. */
async function weigh(paths: readonly string[]): Promise<number> {
  const sizes = paths.map(async (path) => gzipSync(await readFile(join(dist, path))).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** What the page names itself: it is loaded before anything is shown. */
async function named(pattern: RegExp): Promise<string[]> {
  const page = await readFile(join(dist, "index.html"), "utf8");
  return [...page.matchAll(pattern)].flatMap(([, path]) => path ?? []);
}

test("the first screen takes at most 60 KB of script, the longest catalog included", async () => {
  const scripts = await named(/(?:src|href)="([^"]+\.js)"/g);
  const sources = await Promise.all(scripts.map((path) => readFile(join(dist, path), "utf8")));
  const catalogs = sources.flatMap((source) => [
    ...source.matchAll(/locales\/\w+\.json\W.*?(\w+-[\w-]+\.js)/g),
  ]);
  // Six for the first screen, and six for what comes later.
  expect(catalogs).toHaveLength(12);
  const sizes = await Promise.all(catalogs.slice(0, 6).map(([, name]) => weigh([`assets/${name}`])));
  const longest = Math.max(...sizes);
  expect((await weigh(scripts)) + longest).toBeLessThanOrEqual(60 * kibibyte);
});

test("the first screen takes at most 15 KB of style, without the font", async () => {
  const styles = await named(/href="([^"]+\.css)"/g);
  expect(styles.length).toBeGreaterThan(0);
  expect(await weigh(styles)).toBeLessThanOrEqual(15 * kibibyte);
});
