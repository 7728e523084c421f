import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks, type Visit } from "./person.ts";

const row = ({ page }: Visit, name: string) =>
  page.locator(".conversation-rows > li", { has: page.locator(".conversation-name", { hasText: name }) });

/** Chooses in the menu of a conversation, as the keyboard does. */
async function choose(session: Visit, name: string, ...items: string[]) {
  await row(session, name).locator(".conversation").focus();
  await session.page.keyboard.press("ContextMenu");
  for (const item of items) await session.page.getByRole("menu").getByText(item, { exact: true }).click();
}

const names = ({ page }: Visit) => page.locator(".conversation-name").allTextContents();

test("what somebody orders in their list is seen in their other session at once", async ({ skip }) => {
  const { enter, acquaint, say } = await openHouse(skip, ["ann", "bob", "cy", "dan"]);
  const withBob = await acquaint("ann", "bob");
  await acquaint("ann", "cy");
  await acquaint("ann", "dan");
  const ann = await enter("ann");
  const elsewhere = await enter("ann");
  for (const session of [ann, elsewhere])
    await poll("three conversations", async () => (await names(session)).length === 3);

  await choose(ann, "bob", "Pin to the top");
  for (const session of [ann, elsewhere])
    await poll("bob above", async () => (await names(session)).join() === "bob,dan,cy");

  await choose(ann, "cy", "Mark as read");
  for (const session of [ann, elsewhere])
    await row(session, "cy").locator(".pill").waitFor({ state: "detached" });
  await choose(ann, "cy", "Mark as unread");
  for (const session of [ann, elsewhere]) await row(session, "cy").locator(".pill.dot").waitFor();
  await ann.page.getByRole("radio", { name: "Unread" }).click();
  await poll("all that is unread", async () => (await names(ann)).includes("cy"));
  await ann.page.getByRole("radio", { name: "All" }).click();

  await choose(ann, "dan", "Folders…", "New folder…");
  await ann.page.getByLabel("Name", { exact: true }).fill("Work");
  await ann.page.keyboard.press("Enter");
  for (const session of [ann, elsewhere]) {
    await session.page.getByRole("radio", { name: "Work" }).click();
    await poll("only dan", async () => (await names(session)).join() === "dan");
  }
  await ann.picture("list-folder");
  expect(await ann.barriers()).toEqual([]);
  for (const session of [ann, elsewhere]) await session.page.getByRole("radio", { name: "All" }).click();

  await choose(ann, "bob", "Mute…", "Until I change it");
  for (const session of [ann, elsewhere])
    await row(session, "bob").getByText("Muted").waitFor({ state: "attached" });
  await say("bob", withBob, "nobody hears this");
  await row(ann, "bob").locator('.pill[data-quiet="true"]').waitFor();
  await ann.picture("list-muted");

  await choose(ann, "dan", "Archive");
  for (const session of [ann, elsewhere])
    await poll("dan away", async () => !(await names(session)).includes("dan"));
  await elsewhere.page.getByRole("button", { name: "More for the list" }).click();
  await elsewhere.page.getByRole("menuitem", { name: "Archived" }).click();
  await poll("dan in the archive", async () => (await names(elsewhere)).join() === "dan");
  await elsewhere.picture("list-archive");

  await ann.page.getByRole("button", { name: "More for the list" }).click();
  await ann.page.getByRole("menuitem", { name: "Mark all as read" }).click();
  await poll("nothing unread", async () => (await ann.page.locator(".pill").count()) === 0);
  for (const session of [ann, elsewhere]) expect(session.complaints).toEqual([]);
}, 120_000);

test("what the server refuses is taken back", async ({ skip }) => {
  const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  await acquaint("ann", "bob");
  const ann = await enter("ann");
  await row(ann, "bob").waitFor();
  await ann.page.route(`${server.origin}/api/chat/v1/conversations/*/membership`, (route) =>
    route.fulfill({ status: 403, json: { error: "not_permitted", message: "no" } }),
  );
  await choose(ann, "bob", "Pin to the top");
  await ann.page.locator('.passing[data-shows="true"]').waitFor();
  await row(ann, "bob").getByText("Pinned").waitFor({ state: "detached" });
});

test("of 10,000 conversations few are in the document, and any is found by its name", async ({ skip }) => {
  const { enter, acquaint, crowd } = await openHouse(skip, ["ann", "bob"]);
  await acquaint("ann", "bob");
  await crowd("ann", 10_000);
  const ann = await enter("ann");
  const { page } = ann;
  await row(ann, "bob").waitFor();
  await row(ann, "bob").locator(".conversation").focus();
  for (let turn = 0; turn < 4; turn += 1) {
    const before = await page.evaluate<number>(`document.querySelector(".conversations").scrollHeight`);
    await page.keyboard.press("End");
    await poll("more of them", async () => {
      return (await page.evaluate<number>(`document.querySelector(".conversations").scrollHeight`)) > before;
    });
  }
  expect(await page.locator(".conversation").count()).toBeLessThan(60);
  await page.keyboard.press("Home");
  await poll("the focus on the first", async () => {
    return (await page.evaluate<string>("document.activeElement.textContent")).includes("bob");
  });
  // By the keyboard alone to one that was never loaded.
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox", { name: "Name or address" }).fill("crowd9876");
  await page.locator(".chooser-item", { hasText: "crowd9876" }).waitFor();
  await ann.picture("switcher");
  expect(await ann.barriers()).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "crowd9876" }).waitFor();
  expect(ann.complaints).toEqual([]);
}, 180_000);

test.for(looks)(
  "the list and its menus are usable by everybody and fit: %s",
  async ([name, look], { skip }) => {
    const { enter, acquaint, say } = await openHouse(skip, ["ann", "bob", "cy"]);
    const id = await acquaint("ann", "bob");
    await acquaint("ann", "cy");
    await say("bob", id, "did you see this, @ann?");
    const ann = await enter("ann", "/", look);
    await row(ann, "bob").locator(".pill.names-me").waitFor();
    await ann.picture(`${name}-list`);
    expect(await ann.barriers()).toEqual([]);
    await choose(ann, "bob", "Mute…");
    await ann.page.getByText("For 8 hours").waitFor();
    await ann.picture(`${name}-list-menu`);
    expect(await ann.barriers()).toEqual([]);
    expect(await ann.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBe(0);
  },
);
