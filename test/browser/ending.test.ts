import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks, narrow, visit, type Visit } from "./person.ts";

/** Looks at what is shown, in every look: nothing sticks out, and nobody is kept out. */
async function inLooks({ page, picture, barriers }: Visit, name: string, shows: string): Promise<void> {
  for (const [look, { width, height, scheme }] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page
      .locator(shows)
      .first()
      .evaluate((shown) => shown.scrollIntoView({ block: "center" }));
    await picture(`${name}-${look}`);
    const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect({ name, look, overflow, barriers: await barriers() }).toEqual({
      ...{ name, look },
      ...{ overflow: 0, barriers: [] },
    });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

const signInOf = (page: Page) => page.getByRole("button", { name: "Sign in", exact: true });
const confirming = (page: Page) => page.getByRole("dialog", { name: "Confirm that it is you" });

/** Waits until the keyboard acts upon a button of this text, in the dialog of this title or in none. */
async function focused(page: Page, title: string | null, text: string): Promise<void> {
  await poll(`the focus on ${text}`, async () => {
    const at = await page.evaluate<[string | null, string]>(
      `[document.activeElement.closest("dialog")?.querySelector("h2").textContent ?? null, document.activeElement.textContent]`,
    );
    return at[0] === title && at[1] === text;
  });
}

async function showPassword(page: Page, password: string): Promise<void> {
  const dialog = confirming(page);
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
}

test(
  "somebody takes along all that is theirs, as a file that is made while they wait",
  { timeout: 120_000 },
  async ({ skip }) => {
    const house = await openHouse(skip, ["ann", "bo"]);
    const id = await house.acquaint("ann", "bo", ["take this along"]);
    const ann = await house.enter("ann");
    const { page } = ann;
    await page.goto(`${house.server.origin}/settings/account`);
    const make = page.getByRole("button", { name: "Make the file" });
    await make.click();
    await confirming(page).waitFor();
    await page.keyboard.press("Escape");
    await confirming(page).waitFor({ state: "detached" });
    await focused(page, null, "Make the file");
    await page.keyboard.press("Enter");
    await showPassword(page, house.password("ann"));
    const save = page.getByRole("button", { name: "Save the file" });
    await save.waitFor();
    await page.getByText("The file is here until").waitFor();
    await inLooks(ann, "takeout", "#export-title");

    const saving = page.waitForEvent("download");
    await save.click();
    const download = await saving;
    expect(download.suggestedFilename()).toMatch(/^luciole-\d{4}-\d\d-\d\d\.zip$/);
    const zip = await fromBufferPromise(await readFile(await download.path()));
    const files = new Map<string, string>();
    for await (const entry of zip.eachEntry())
      files.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
    expect(files.get("README.txt")).toContain("all that");
    expect(JSON.parse(files.get("account.json") ?? "")).toMatchObject({ person: { handle: "ann" } });
    expect(files.get(`conversations/${id}.json`)).toContain("take this along");

    // Another one is made a day later at the earliest.
    await page.getByRole("button", { name: "Make it anew" }).click();
    await page.getByRole("alert").waitFor();
    await ann.picture("takeout-again");
    expect(ann.complaints.filter((complaint) => !/40[39]|429/.test(complaint))).toEqual([]);
  },
);

test(
  "an account that is to end can be kept by whoever signs in; when it ends the others see it at once",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openHouse(skip, ["ann", "bo"]);
    const id = await house.acquaint("ann", "bo", ["words of ann"]);
    const { origin } = house.server;
    const [ann, annBeside, bo, boBeside] = await Promise.all([
      house.enter("ann"),
      house.enter("ann", "/", narrow),
      house.enter("bo", `/c/${id}`),
      house.enter("bo", "/", narrow),
    ]);
    await ann.page.goto(`${origin}/settings/account`);
    await askForEnd(ann, house.password("ann"));

    // Every session is over, and whoever comes back is told until when.
    for (const { page } of [ann, annBeside]) await signInOf(page).waitFor();
    await bo.page.getByRole("heading", { level: 1, name: "ann" }).waitFor();
    await ann.page.getByLabel("Handle").fill("ann");
    await ann.page.getByLabel("Password").fill(house.password("ann"));
    await signInOf(ann.page).click();
    const keep = ann.page.getByRole("button", { name: "Keep the account" });
    await keep.waitFor();
    expect(await ann.page.getByText("Your session has ended").count()).toBe(0);
    await inLooks(ann, "ending-keep", ".notice");
    await keep.click();
    await ann.page.locator(".conversation", { hasText: "bo" }).waitFor();
    await ann.page.goto(`${origin}/c/${id}`);
    await ann.write("still here");
    await bo.sees("still here");

    await ann.page.goto(`${origin}/settings/account`);
    await ann.page.getByRole("button", { name: "End the account" }).click();
    await ann.page.getByRole("dialog").getByRole("button", { name: "End the account" }).click();
    await showPassword(ann.page, house.password("ann"));
    await signInOf(ann.page).waitFor();
    await waitThirtyDays(house.server.databaseUrl!);
    await bo.page.getByRole("heading", { level: 1, name: "Deleted account" }).waitFor();
    await bo.page.getByText("This account was deleted.").waitFor();
    for (const gone of ["words of ann", "still here"])
      await poll("her words are gone", async () => !(await bo.texts()).includes(gone));
    expect(await bo.texts()).toContain("second");
    await boBeside.page.locator(".conversation", { hasText: "Deleted account" }).waitFor();
    expect(await bo.page.getByRole("link", { name: "View profile" }).count()).toBe(0);
    await inLooks(bo, "ended", ".thread-bar");
    await boBeside.picture("ended-list");

    const gone = await visit(house.browser, origin);
    await gone.page.getByLabel("Handle").fill("ann");
    await gone.page.getByLabel("Password").fill(house.password("ann"));
    await signInOf(gone.page).click();
    await gone.page.getByRole("alert").waitFor();
    for (const { complaints } of [ann, annBeside, bo, boBeside])
      expect(complaints.filter((complaint) => !/40[13]/.test(complaint))).toEqual([]);
  },
);

/** Asks for one's end: the dialog that says what happens stays beneath the one that asks who it is, and comes back. */
async function askForEnd(ann: Visit, password: string): Promise<void> {
  const { page } = ann;
  await page.getByRole("button", { name: "End the account" }).click();
  const sure = page.getByRole("dialog", { name: "End the account" });
  await sure.getByText("For 30 days you can still keep it").waitFor();
  await inLooks(ann, "end-sure", "dialog");
  await sure.getByRole("button", { name: "End the account" }).click();
  await confirming(page).getByLabel("Password").waitFor();
  await inLooks(ann, "end-confirm", "dialog:last-of-type");
  await page.keyboard.press("Escape");
  await confirming(page).waitFor({ state: "detached" });
  expect(await sure.isVisible()).toBe(true);
  await focused(page, "End the account", "End the account");
  await page.keyboard.press("Escape");
  await sure.waitFor({ state: "detached" });
  await focused(page, null, "End the account");
  await page.keyboard.press("Enter");
  await sure.getByRole("button", { name: "End the account" }).click();
  await showPassword(page, password);
}

/** The days in which the account can be kept are over. */
async function waitThirtyDays(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql`update account set ends_at = now() - interval '1 second' where ends_at is not null`;
  await sql.end();
}
