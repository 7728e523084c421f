import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import type { Visit } from "./person.ts";

/** The top of the message with this number, in pixels of the window: two were there before the first of `fill`. */
async function topOf({ page }: Visit, number: number): Promise<number> {
  const box = await page.locator(`.message[data-position="${number + 2}"]`).boundingBox();
  if (box === null) throw new Error(`message ${number} is not shown`);
  return box.y;
}

/** Moves the messages by so many pixels, as a wheel does. */
async function wheel({ page }: Visit, pixels: number): Promise<void> {
  await page.locator(".log").hover();
  await page.mouse.wheel(0, pixels);
}

const first = ({ page }: Visit) =>
  page.evaluate<string>(`(() => {
    const edge = document.querySelector(".log").getBoundingClientRect().top;
    const rows = [...document.querySelectorAll(".message")];
    return rows.find((row) => row.getBoundingClientRect().bottom > edge).querySelector(".text").firstChild.textContent;
  })()`);

test("a conversation opens where its reader left it, and at what is new when there is something", async ({
  skip,
}) => {
  const { enter, acquaint, fill, say } = await openHouse(skip, ["ann", "bob", "cy"]);
  const id = await acquaint("ann", "bob");
  await acquaint("ann", "cy");
  await fill(id, 120);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 120");
  await wheel(ann, -2_000);
  await poll("older messages", async () => (await first(ann)) !== "message 120");
  await poll("a place that stays", async () => {
    const top = await first(ann);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return top === (await first(ann));
  });
  const left = await first(ann);
  await ann.open("cy");
  await ann.sees("first", "second");
  await ann.open("bob");
  await poll("the place where she was", async () => (await first(ann)) === left);
  await ann.open("cy");
  await say("bob", id, "something new");
  await ann.open("bob");
  await ann.page.locator(".unread-line").waitFor();
  await ann.sees("something new");
});

test("the way to the newest message is offered after eight of them, with the number of the unread", async ({
  skip,
}) => {
  const { enter, acquaint, fill, say } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 60);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 60");
  const jump = ann.page.locator(".jump");
  await wheel(ann, -200);
  await poll("a few below", async () => (await topOf(ann, 60)) > 700);
  expect(await jump.count()).toBe(0);
  await wheel(ann, -700);
  await jump.waitFor();
  const place = await topOf(ann, 45);
  await say("bob", id, "look here");
  await ann.page.getByRole("button", { name: "Jump to 1 new message" }).waitFor();
  expect(Math.abs((await topOf(ann, 45)) - place)).toBeLessThanOrEqual(1);
  await ann.picture("jump-new");
  await ann.page.locator(".message").last().focus();
  await ann.page.keyboard.press("End");
  await jump.waitFor({ state: "detached" });
  await ann.sees("look here");
});

test("the day that is read stands above the messages for three seconds after a movement", async ({
  skip,
}) => {
  const { enter, acquaint, fill } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 200);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 200");
  const day = ann.page.locator(".floating-day");
  expect(await day.count()).toBe(0);
  await wheel(ann, -1_500);
  await day.waitFor();
  await ann.picture("floating-day");
  const shown = performance.now();
  await day.waitFor({ state: "detached" });
  expect(performance.now() - shown).toBeGreaterThan(1_500);
});

test("a date leads to what was said then", async ({ skip }) => {
  const { enter, acquaint, fill } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 1_000);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 1000");
  await ann.page.locator(".message").last().focus();
  await ann.page.keyboard.press("d");
  const before = new Date(Date.now() - 4 * 86_400_000);
  const parts = [before.getFullYear(), before.getMonth() + 1, before.getDate()];
  const day = parts.map((part) => String(part).padStart(2, "0")).join("-");
  await ann.page.getByLabel("Date", { exact: true }).fill(day);
  await ann.picture("jump-to-date");
  expect(await ann.barriers()).toEqual([]);
  await ann.page.keyboard.press("Enter");
  const row = ann.page.locator('.message[data-highlighted="true"]');
  await row.waitFor();
  const at = new Date((await row.locator(".meta time").getAttribute("datetime")) ?? "");
  expect(at.toDateString()).toBe(before.toDateString());
  expect(at.getHours() * 60 + at.getMinutes()).toBeLessThan(10);
});

/** Scrolls to the first of so many messages; answers the most rows that the document ever had. */
const readAll = `(async () => {
  const log = document.querySelector(".log");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let most = 0;
  for (let oldest = ""; oldest !== "1"; ) {
    log.scrollTop = 0;
    await frame();
    most = Math.max(most, document.querySelector(".log-content").children.length);
    oldest = document.querySelector(".message").dataset.position;
  }
  return most;
})()`;

test("after scrolling through 5,000 messages at most 320 rows are in the document", async ({ skip }) => {
  const { enter, acquaint, fill } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 5_000);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 5000");
  expect(await ann.page.evaluate<number>(readAll)).toBeLessThanOrEqual(320);
  expect((await ann.texts())[0]).toBe("first");
  await ann.page.locator(".message").last().focus();
  await ann.page.keyboard.press("End");
  await ann.sees("message 5000");
}, 400_000);

test("what changes its height above the reader does not move them", async ({ skip }) => {
  const { enter, acquaint, fill, post } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 60);
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("message 60");
  await wheel(ann, -600);
  await ann.page.locator(".jump").waitFor();
  const read = await topOf(ann, 48);
  expect(await topOf(ann, 20)).toBeLessThan(0);
  await ann.page.evaluate(`document.querySelector('[data-position="22"]').style.paddingTop = "83px"`);
  await post("bob", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "meanwhile" });
  await ann.page.getByRole("button", { name: "Jump to 1 new message" }).waitFor();
  expect(Math.abs((await topOf(ann, 48)) - read)).toBeLessThanOrEqual(1);
});

test("a short wait shows no skeleton, a longer one does, and nothing shifts", async ({ skip }) => {
  const { server, enter, acquaint, fill } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 60);
  const ann = await enter("ann");
  const { page } = ann;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(`${server.origin}/api/chat/v1/conversations/${id}/messages?*`, async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate(`(() => {
    window.shifted = 0;
    window.skeletonAt = null;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift" });
    new MutationObserver(() => {
      if (document.querySelector(".log-skeleton")) window.skeletonAt ??= performance.now();
    }).observe(document.body, { childList: true, subtree: true });
    document.querySelector(".conversation").addEventListener("click", () => (window.clickedAt = performance.now()));
  })()`);
  await page.locator(".conversation").click();
  await page.locator(".log-skeleton").waitFor();
  await ann.picture("skeleton");
  release();
  await ann.sees("message 60");
  const waited = await page.evaluate<number>("window.skeletonAt - window.clickedAt");
  expect(waited).toBeGreaterThanOrEqual(145);
  expect(await page.evaluate<number>("window.shifted")).toBeLessThan(0.02);
});
