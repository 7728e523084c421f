import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks, visit } from "./person.ts";

test("a message disappears for both people, and leaves no row", { timeout: 180_000 }, async ({ skip }) => {
  const { enter, acquaint, get, put, say } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", `/c/${id}`);
  const bob = await enter("bob", `/c/${id}`);
  await put("ann", `/conversations/${id}/timer`, { seconds: 8 });
  for (const { page } of [ann, bob]) {
    await page.locator(".thread-bar").getByText("Messages disappear after 8 seconds").waitFor();
  }
  await say("ann", id, "for a moment");
  for (const session of [ann, bob]) await session.sees("second", "for a moment");
  await ann.page
    .locator(".message", { hasText: "for a moment" })
    .getByText(/^disappears/)
    .waitFor();
  for (const { page, texts } of [ann, bob]) {
    await poll("the message to disappear", async () => (await texts()).length === 2);
    expect(await texts()).toEqual(["first", "second"]);
    await page.locator(".conversation").getByText("This message has disappeared").waitFor();
  }
  // The server's word changes nothing any more.
  await poll("the server to have deleted it", async () => {
    const { messages } = await get<{ messages: { expired: boolean }[] }>(
      "ann",
      `/conversations/${id}/messages`,
    );
    return messages.some(({ expired }) => expired);
  });
  for (const { page, texts, complaints } of [ann, bob]) {
    expect(await texts()).toEqual(["first", "second"]);
    expect(await page.locator(".gone").count()).toBe(0);
    expect(complaints).toEqual([]);
  }
});

test.for(looks)(
  "how long messages stay is chosen beside the conversation, and a copy taken along: %s",
  { timeout: 180_000 },
  async ([name, look], { skip }) => {
    const { enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob");
    const { page, picture, barriers, complaints, write } = await enter("ann", `/c/${id}`, look);
    const details = page.getByRole("region", { name: "Details" });
    if (look.width < 1200) await page.getByRole("button", { name: "Details" }).click();
    await details.getByLabel("Disappear after").selectOption({ label: "1 hour" });
    await page.getByText("You let messages disappear after 1 hour").waitFor({ state: "attached" });
    await details.getByLabel("Disappear after").selectOption({ label: "Another time…" });
    await details.getByLabel("How many").fill("3");
    await details.getByLabel("Unit").selectOption({ label: "days" });
    await details.getByRole("button", { name: "Set" }).scrollIntoViewIfNeeded();
    await picture(`${name}-timer`);
    expect(await barriers()).toEqual([]);
    await details.getByRole("button", { name: "Set" }).click();
    await page.getByText("You let messages disappear after 3 days").waitFor({ state: "attached" });
    await poll("the choice to show", async () => {
      return (await details.getByLabel("Disappear after").inputValue()) === "259200";
    });

    await page.getByRole("button", { name: "Save a copy…" }).click();
    await picture(`${name}-export`);
    expect(await barriers()).toEqual([]);
    const coming = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "As plain text" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^bob \d{4}-\d\d-\d\d\.txt$/);
    expect(await readFile(await download.path(), "utf8")).toContain("second");

    await page.route("**/export?*", (route) => route.abort());
    await page.getByRole("button", { name: "Save a copy…" }).click();
    await page.getByRole("menuitem", { name: "As data (JSON)" }).click();
    await details.getByRole("alert").waitFor();
    if (look.width < 1200) await details.getByRole("button", { name: "Close" }).click();
    await write("three days");
    await page.locator(".message", { hasText: "three days" }).locator(".sign").waitFor();
    await picture(`${name}-timer-thread`);
    expect({
      overflow: await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
      barriers: await barriers(),
      complaints: complaints.filter((one) => !one.includes("net::ERR_FAILED")),
    }).toEqual({ overflow: 0, barriers: [], complaints: [] });
  },
);

test("a clock that is wrong hides nothing too early, and what has had its time leaves its chain too", async ({
  skip,
}) => {
  const { server, browser, acquaint, put, post, password } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  await put("ann", `/conversations/${id}/timer`, { seconds: 3600 });
  const say = (text: string, inReplyTo?: string) =>
    post<{ message: { id: string } }>("bob", `/conversations/${id}/messages`, {
      key: crypto.randomUUID(),
      text,
      ...(inReplyTo && { inReplyTo }),
    });
  const { message } = await say("for an hour");
  await say("as long", message.id);
  const { page, sees, signIn, texts } = await visit(browser, `${server.origin}/c/${id}`);
  await page.context().clock.install({ time: Date.now() + 2 * 3_600_000 });
  await page.reload();
  await signIn("ann", password("ann"));
  await sees("first", "second", "for an hour", "as long");
  await page.locator(`[data-id="${message.id}"]`).press("Enter");
  await page.getByRole("menuitem", { name: "Show replies" }).click();
  const chain = page.getByRole("region", { name: "Replies" });
  await chain.getByText("for an hour").waitFor();
  await page.context().clock.fastForward("01:01:00");
  await chain.getByText("This message has disappeared").waitFor();
  expect(await chain.getByText("for an hour").count()).toBe(0);
  expect(await texts()).toEqual(["first", "second"]);
}, 120_000);
