import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks, wide } from "./person.ts";

test.for(looks)(
  "a search finds what was said, opens what is around it, and Back leads to the results: %s",
  { timeout: 240_000 },
  async ([name, look], { skip }) => {
    const { enter, acquaint, say, fill, get } = await openHouse(skip, ["ann", "bob", "cy"]);
    const id = await acquaint("ann", "bob", ["Who brings the paper lanterns tonight?"]);
    const other = await acquaint("ann", "cy", ["No **lantern** here"]);
    await fill(id, 120);
    await say("bob", id, "The lanterns are lit: https://lanterns.example/");
    await poll("all to be indexed", async () => {
      return (await get<{ results: unknown[] }>("ann", "/search?q=lantern")).results.length === 3;
    });
    const { page, picture, barriers, complaints } = await enter("ann", `/c/${id}`, look);
    const hits = page.locator(".search-hit");
    const field = page.getByRole("searchbox", { name: "What was said" });
    const fits = async (what: string) => {
      await picture(`${name}-${what}`);
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect({ what, overflow, barriers: await barriers() }).toEqual({ what, overflow: 0, barriers: [] });
    };

    await page.locator(".composer-input").waitFor();
    await page.keyboard.press("Control+f");
    await field.waitFor();
    await fits("search-help");
    await field.pressSequentially("lanter");
    await poll("both of this conversation", async () => (await hits.count()) === 2);
    expect(await hits.locator("mark").allTextContents()).toEqual(["lanterns", "lanterns", "lanterns"]);
    expect(await page.locator(".search-count").textContent()).toBe("2 messages");
    await fits("search");

    // By the keyboard to the older one, which is far above.
    await field.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const found = page.locator(".message", { hasText: "Who brings the paper lanterns" });
    await found.and(page.locator('[data-highlighted="true"]')).waitFor();
    await found.and(page.locator('[data-highlighted="false"]')).waitFor();
    await fits("search-opened");
    await page.goBack();
    await poll("the results again", async () => (await hits.count()) === 2 && (await field.isVisible()));
    await poll("the focus on the one that was opened", async () => {
      return (await page.evaluate<string>("document.activeElement.textContent")).includes("Who brings");
    });

    // Everywhere, and with what the chips put there.
    await page.getByRole("radio", { name: "Everywhere" }).check();
    await poll("all of them", async () => (await hits.count()) === 3);
    expect(await hits.filter({ hasText: "cy" }).count()).toBe(1);
    await field.fill("lanterns");
    await page.getByRole("button", { name: "has:link" }).click();
    await poll("the one with a link", async () => (await hits.count()) === 1);
    expect(await field.inputValue()).toBe("lanterns has:link ");

    await field.fill("before:yesterday");
    await page.getByRole("alert").getByText("days as 2026-03-31").waitFor();
    await field.fill("zeppelin");
    await page.getByText("Nothing was found").waitFor();
    await fits("search-none");
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    expect(new URL(page.url()).pathname).toBe(`/c/${id}`);
    expect(other).not.toBe(id);
    expect(complaints.filter((one) => !one.includes("status of 422"))).toEqual([]);
  },
);

test("results come page by page, and are counted once", { timeout: 240_000 }, async ({ skip }) => {
  const { enter, acquaint, fill, say, get } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await fill(id, 70);
  await say("bob", id, "message the last");
  await poll("all to be indexed", async () => {
    return (await get<{ results: unknown[] }>("ann", "/search?q=message&limit=100")).results.length === 71;
  });
  const { page } = await enter("ann", "/", wide);
  await page.getByRole("link", { name: "Search messages" }).click();
  await page.getByRole("searchbox", { name: "What was said" }).fill("message");
  const hits = page.locator(".search-hit");
  await poll("the first page", async () => (await hits.count()) >= 30);
  for (const most of [60, 71]) {
    await poll(`${most} results`, async () => {
      await hits.last().scrollIntoViewIfNeeded();
      return (await hits.count()) >= most;
    });
  }
  expect(await page.locator(".search-count").textContent()).toBe("More than 30 messages");
  // A click on the result that is open already leads there again.
  await hits.first().click();
  const last = page.locator(".message", { hasText: "message the last" });
  await last.and(page.locator('[data-highlighted="true"]')).waitFor();
  await last.and(page.locator('[data-highlighted="false"]')).waitFor();
  await hits.first().click();
  await last.and(page.locator('[data-highlighted="true"]')).waitFor();
});
