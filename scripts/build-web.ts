import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const built = join(root, "dist/web/index.html");
const stamp = join(root, "dist/web/.inputs");

/** What the built client depends on. */
const inputs = [
  "src/web/**",
  "src/protocol/**",
  "src/lib/**",
  "scripts/catalogs.ts",
  "scripts/emoji-names.ts",
  "vite.config.ts",
  "package-lock.json",
];

/** Builds the browser client into dist/web, unless it was built from the same inputs before. Says whether it did. */
export async function buildWeb(): Promise<boolean> {
  const hash = await hashInputs();
  if (existsSync(built) && (await readFile(stamp, "utf8").catch(() => "")) === hash) return false;
  if (!hasVite()) {
    if (existsSync(built)) return false; // installed without the tools (npm ci --omit=dev), with the client that came along
    throw new Error(
      "the web client is not built, and the tools for it are not installed: run npm ci, without --omit=dev",
    );
  }
  await rm(stamp, { force: true });
  const { build } = await import("vite");
  await build({ configFile: join(root, "vite.config.ts"), logLevel: "warn" });
  await writeFile(stamp, hash);
  return true;
}

async function hashInputs(): Promise<string> {
  const paths: string[] = [];
  for await (const entry of glob(inputs, { cwd: root, withFileTypes: true }))
    if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) paths.push(join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const path of paths.toSorted())
    hash
      .update(path.slice(root.length))
      .update("\0")
      .update(await readFile(path))
      .update("\0");
  return hash.digest("hex");
}

function hasVite(): boolean {
  try {
    createRequire(import.meta.url).resolve("vite");
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const began = performance.now();
  if (await buildWeb())
    process.stdout.write(`The web client is built (${Math.round(performance.now() - began)} ms).\n`);
}
