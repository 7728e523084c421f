import { createRequire } from "node:module";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

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

/**
 * Opens a browser with an empty profile: an installed Chromium (`CHROMIUM_PATH` first), else the one from npm. Where none starts, it
 * says so and calls `skip`; on a build machine (`CI`) it throws instead.
 */
export async function launchBrowser(skip: (why: string) => void): Promise<Browser> {
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
  for (const path of installed()) yield { path };
  if (process.platform === "linux" && process.arch === "x64") yield* fromNpm(failures);
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
    const path = await packed.executablePath();
    yield { path };
    const root = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
    const libraries = join(await inflate(join(root, "bin/al2023.tar.br")), "lib");
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
