import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse, openMortalHouse } from "./house.ts";
import { looks, visit } from "./person.ts";

test("somebody signs up, and everything that follows is explained", async ({ skip }) => {
  const { server, browser } = await openHouse(skip, ["ann"]);
  const { page, picture } = await visit(browser, server.origin);
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByLabel("Handle").fill("ann");
  await page.getByLabel("Password").fill("a password of some length");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("This handle is taken").waitFor();
  await page.getByLabel("Handle").fill("newcomer");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("No conversations yet").waitFor();
  await picture("first-look");
});

test("what is written while the server is away is sent in order after a reload, and once", async ({
  skip,
}) => {
  const { server, enter, acquaint } = await openMortalHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("first", "second");
  await server.kill();
  await ann.write("written in the dark");
  await ann.write("and another one");
  await ann.sees("written in the dark", "and another one");
  await ann.page.locator(".state-words", { hasText: "Waiting for the connection" }).waitFor();
  await ann.page.getByText("The connection is lost.").waitFor();
  await ann.picture("offline");
  await server.restart();
  await ann.page.reload();
  await ann.sees("first", "second", "written in the dark", "and another one");
  await poll("both are sent", async () => (await ann.page.locator("[data-pending]").count()) === 0);
  const bob = await enter("bob", `/c/${id}`);
  await bob.sees("first", "second", "written in the dark", "and another one");
  expect(await bob.texts()).toHaveLength(4);
});

test("a draft is there again after a look elsewhere and after a reload", async ({ skip }) => {
  const { enter, acquaint } = await openHouse(skip, ["ann", "cy"]);
  const { page, open } = await enter("ann", `/c/${await acquaint("ann", "cy")}`);
  const field = page.locator(".composer-input");
  await field.fill("half a thought");
  await page.locator(".brand").click();
  await open("cy");
  expect(await field.inputValue()).toBe("half a thought");
  await page.reload();
  await field.waitFor();
  expect(await field.inputValue()).toBe("half a thought");
});

test("Enter during input-method composition chooses a word and sends nothing", async ({ skip }) => {
  const { enter, acquaint } = await openHouse(skip, ["bob", "cy"]);
  const bob = await enter("bob", `/c/${await acquaint("bob", "cy")}`);
  await bob.sees("first", "second");
  await bob.page.locator(".composer-input").focus();
  const devtools = await bob.page.context().newCDPSession(bob.page);
  await devtools.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  await devtools.send("Input.dispatchKeyEvent", {
    type: "keyDown",
    key: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await devtools.send("Input.insertText", { text: "日本" });
  expect(await bob.texts()).toEqual(["first", "second"]);
  await bob.page.keyboard.press("Enter");
  await bob.sees("first", "second", "日本");
});

/** Scrolls to the top again and again until nothing more comes; answers by how many pixels a row was ever moved. */
const readUpwards = `(async () => {
  const log = document.querySelector(".log");
  const oldest = () => document.querySelector(".message").dataset.position;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let worst = 0;
  while (oldest() !== "1") {
    log.scrollTop = Math.min(log.scrollTop, 300);
    await frame();
    const edge = log.getBoundingClientRect().top;
    const row = [...document.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top > edge);
    const top = row.getBoundingClientRect().top;
    for (const first = oldest(); oldest() === first; await frame());
    await frame();
    if (row.isConnected) worst = Math.max(worst, Math.abs(row.getBoundingClientRect().top - top));
  }
  return worst;
})()`;

test("history comes page by page without moving what is read, and stays bounded", async ({ skip }) => {
  const { enter, acquaint, fill, post } = await openHouse(skip, ["dan", "eve"]);
  const id = await acquaint("dan", "eve");
  await fill(id, 450);
  const dan = await enter("dan", `/c/${id}`);
  await dan.sees("message 450");
  expect(await dan.page.evaluate<number>(readUpwards)).toBeLessThanOrEqual(1);
  expect(await dan.page.locator(".message").count()).toBeLessThanOrEqual(320);
  expect((await dan.texts())[0]).toBe("first");
  // A new message does not move the reader; the way to it is offered.
  await post("eve", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "meanwhile" });
  await dan.page.getByRole("button", { name: "Jump to 1 new message" }).click();
  await dan.sees("meanwhile");
});

test.for(looks)(
  "every screen is usable by everybody and fits: %s",
  { timeout: 180_000 },
  async ([name, look], { skip }) => {
    const { server, browser, acquaint, password } = await openHouse(skip, ["ann", "eve"]);
    const id = await acquaint("ann", "eve", [
      "https://a.example/a-link",
      "a ".repeat(80),
      "x".repeat(300),
      "🦋",
    ]);
    const { page, picture, barriers, complaints, signIn, sees } = await visit(
      browser,
      `${server.origin}/sign-up`,
      look,
    );
    const check = async (screen: string) => {
      await picture(`${name}-${screen}`);
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect({ screen, overflow, barriers: await barriers() }).toEqual({ screen, overflow: 0, barriers: [] });
    };
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await check("sign-up");
    await page.goto(server.origin);
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await check("sign-in");
    await signIn("ann", password("ann"));
    await check("conversations");
    await page.goto(`${server.origin}/c/${id}`);
    await sees("🦋");
    await check("conversation");
    await page.locator(".message").last().press("Delete");
    await page.getByRole("dialog").waitFor();
    await check("delete");
    await page.goto(`${server.origin}/settings`);
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await check("settings");
    await page.goto(`${server.origin}/new`);
    await page.getByRole("dialog").waitFor();
    await check("new");
    expect(complaints).toEqual([]);
  },
);
