import { createRequire } from "node:module";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";
import { alone } from "./database.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const names = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];
const macApplications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

interface Candidate {
  readonly path: string;
  readonly env?: Record<string, string>;
}

let opened: Browser | undefined;

afterAll(() => opened?.close());

/** The browser of this test file, for one test: what it opens in it are profiles of its own, which end with the test. */
export async function openBrowser(skip: (why: string) => void): Promise<Browser> {
  const browser = opened?.isConnected() ? opened : await launch(skip);
  opened = browser;
  onTestFinished(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  return browser;
}

/**
 * Starts the Chromium of `CHROMIUM_PATH`, else the one from npm (it has no windows, and opens a profile with a tenth of the
 * work), else an installed one. Where none starts, it says so and calls `skip`; on a build machine (`CI`) it throws instead.
 */
async function launch(skip: (why: string) => void): Promise<Browser> {
  const failures: string[] = [];
  for await (const { path, env } of candidates(failures)) {
    try {
      return await chromium.launch({ executablePath: path, args: flags, ...(env && { env }) });
    } catch (error) {
      failures.push(`${path} does not start: ${String(error).split("\n")[0]}`);
    }
  }
  const why = `No browser to test with: install Chromium, or set CHROMIUM_PATH.\n  ${failures.join("\n  ")}`;
  if (!process.env["CI"]) {
    process.stderr.write(`${why}\n`);
    skip(why);
  }
  throw new Error(why);
}

async function* candidates(failures: string[]): AsyncGenerator<Candidate> {
  const given = process.env["CHROMIUM_PATH"];
  if (given) yield { path: given };
  if (process.platform === "linux" && process.arch === "x64") yield* fromNpm(failures);
  for (const path of installed()) yield { path };
}

function installed(): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).concat("/usr/bin", "/usr/local/bin");
  const paths = new Set(folders.flatMap((folder) => names.map((name) => join(folder, name))));
  return [...paths, ...macApplications].filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The npm package unpacks into the temporary folder; its second part are the libraries that a bare system lacks. */
async function* fromNpm(failures: string[]): AsyncGenerator<Candidate> {
  try {
    const { default: packed, inflate } = await import("@sparticuz/chromium");
    const path = await alone("unpacking", () => packed.executablePath());
    yield { path };
    const root = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
    const folder = await alone("unpacking", () => inflate(join(root, "bin/al2023.tar.br")));
    const libraries = join(folder, "lib");
    yield { path, env: { ...definedEnvironment(), LD_LIBRARY_PATH: libraries } };
  } catch (error) {
    failures.push(`@sparticuz/chromium cannot be unpacked: ${String(error)}`);
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
