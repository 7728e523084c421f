import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../helpers/browser.ts";
import { poll } from "../helpers/poll.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findServerPort } from "../helpers/server.ts";
import { visit } from "./person.ts";

const root = join(import.meta.dirname, "../..");

/** Runs `npm run dev:pair` until both servers are there. */
async function startScript(dataDir: string, ports: readonly number[]) {
  const npm = spawn("npm", ["run", "dev:pair", "--", ...ports.map(String)], {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  npm.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  npm.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(npm, "close");
  const isGone = () => ["a", "b"].every((name) => !existsSync(postmasterFile(dataDir, name)));
  onTestFinished(async () => {
    npm.kill("SIGTERM");
    await closed;
    await poll(`the end of both servers: ${output}`, isGone);
    await rm(dataDir, { recursive: true, force: true });
  });
  const isReady = () => {
    if (npm.exitCode !== null) throw new Error(output);
    return output.includes("Two servers that talk to each other") && output.includes("Ctrl-C");
  };
  // The client may have to be built, and two databases are made.
  await poll("two servers", isReady, 120_000);
  return { npm, closed, isGone, output };
}

const postmasterFile = (dataDir: string, name: string) =>
  join(dataDir, `pair-${name}`, "postgres/data/postmaster.pid");

const refuses = (origin: string) =>
  fetch(origin).then(
    () => false,
    (error: Error) => String(error.cause).includes("ECONNREFUSED"),
  );

test("one browser is signed in on both servers of dev:pair, and all ends when npm is told to", async ({
  skip,
}) => {
  const browser = await openBrowser(skip);
  const ports = [await findServerPort(), await findServerPort()] as const;
  const { npm, closed, isGone, output } = await startScript(await makeFolder(), ports);
  const password = /password of both is: (.+)/.exec(output)?.[1] ?? "";
  const [first, second] = [...output.matchAll(/(https:\S+) +sign in as (\S+), address (\S+)/g)].map(
    ([, origin = "", handle = "", address = ""]) => ({ origin, handle, address }),
  );
  if (first === undefined || second === undefined) throw new Error(output);

  const alice = await visit(browser, first.origin);
  const bob = await alice.beside(second.origin);
  await alice.signIn(first.handle, password);
  await bob.signIn(second.handle, password);
  for (const { page } of [alice, bob]) {
    await page.reload();
    await page.getByRole("link", { name: "New conversation" }).first().waitFor();
  }

  await alice.page.getByRole("link", { name: "New conversation" }).first().click();
  await alice.page.getByLabel("Address").fill(second.address);
  await alice.page.getByRole("button", { name: "Start conversation" }).click();
  await alice.write("Hello, other tab");
  await bob.page.getByRole("link", { name: "1 message request" }).click();
  await bob.open(first.handle);
  await bob.page.getByRole("button", { name: "Accept" }).click();
  await bob.write("Hello yourself");
  for (const tab of [alice, bob]) await tab.sees("Hello, other tab", "Hello yourself");
  await bob.page.reload();
  await alice.page.reload();
  for (const tab of [alice, bob]) await tab.sees("Hello, other tab", "Hello yourself");
  expect([...alice.complaints, ...bob.complaints]).toEqual([]);

  npm.kill("SIGTERM");
  await closed;
  await poll("the end of both databases", isGone);
  for (const { origin } of [first, second]) await poll(`nobody at ${origin}`, () => refuses(origin));
}, 240_000);
