import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../helpers/browser.ts";
import { poll } from "../helpers/poll.ts";
import { startPair } from "../helpers/server.ts";
import { openHouse } from "./house.ts";
import { looks, narrow, type Visit, visit, wide } from "./person.ts";

const messageOf = ({ page }: Visit, text: string) => page.locator(".message", { hasText: text }).last();
const chip = (session: Visit, text: string, emoji: string) =>
  messageOf(session, text).locator(".reaction", { hasText: emoji });

/** Chooses something in the menu of a message, as the keyboard does. */
async function choose(session: Visit, text: string, item: string) {
  await session.page.getByRole("dialog").waitFor({ state: "detached" });
  await messageOf(session, text).focus();
  await session.page.keyboard.press("Enter");
  await session.page.getByRole("menu").getByText(item, { exact: true }).click();
}

/** Two people on two servers who have accepted each other, each in two sessions. */
async function acquaintances(skip: (why: string) => void) {
  const browser = await openBrowser(skip);
  const [a, b] = await startPair();
  onTestFinished(async () => void (await Promise.all([a.stop(), b.stop()])));
  const [ann, bob, cy] = [
    await a.createAccount("ann"),
    await b.createAccount("bob"),
    await a.createAccount("cy"),
  ];
  const sessions = {
    ann: await visit(browser, a.origin, wide),
    annElsewhere: await visit(browser, a.origin, narrow),
    bob: await visit(browser, b.origin, { ...wide, scheme: "dark" }),
    bobElsewhere: await visit(browser, b.origin, { ...narrow, scheme: "light" }),
  };
  for (const session of [sessions.ann, sessions.annElsewhere]) await session.signIn("ann", ann.password);
  for (const session of [sessions.bob, sessions.bobElsewhere]) await session.signIn("bob", bob.password);
  const begin = async (address: string) => {
    await sessions.ann.page.goto(`${a.origin}/new?to=${address}`);
    await sessions.ann.page.getByRole("button", { name: "Start conversation" }).click();
  };
  await begin("@cy");
  await sessions.ann.write("Hello, Cy");
  await sessions.ann.sees("Hello, Cy");
  await begin(`@bob@localhost:${b.port}`);
  await sessions.ann.write("Shall we meet at the lake?");
  await sessions.annElsewhere.open("bob");
  await sessions.bob.page.getByRole("link", { name: "1 message request" }).click();
  await sessions.bob.open("ann");
  await sessions.bob.page.getByRole("button", { name: "Accept" }).click();
  await sessions.bob.write("Yes, at five");
  await sessions.bobElsewhere.open("ann");
  const all = Object.values(sessions);
  for (const session of all) await session.sees("Shall we meet at the lake?", "Yes, at five");
  return { ...sessions, all, cy };
}

test("what two people on two servers do to messages is seen in every session of both", async ({ skip }) => {
  const { ann, annElsewhere, bob, bobElsewhere, all } = await acquaintances(skip);

  // One reacts from the row of six, the other joins with a tap and takes it back.
  await messageOf(ann, "at five").hover();
  await messageOf(ann, "at five").getByRole("button", { name: "React" }).click();
  await ann.page.getByRole("menuitemcheckbox", { name: "❤️" }).click();
  for (const session of all) await chip(session, "at five", "❤️").waitFor();
  await chip(bob, "at five", "❤️").click();
  for (const session of all) await chip(session, "at five", "2").waitFor();
  expect(await chip(bob, "at five", "❤️").getAttribute("aria-pressed")).toBe("true");
  await messageOf(bob, "at five").focus();
  await bob.page.keyboard.press("ArrowRight");
  await poll("the focus on the emoji", async () => {
    await bob.page.keyboard.press("ArrowRight");
    return bob.page.evaluate<boolean>(`document.activeElement.classList.contains("reaction")`);
  });
  await bob.picture("reactions-bob");
  await bob.page.keyboard.press("Enter");
  for (const session of all) await chip(session, "at five", "1").waitFor();

  // Any other emoji, found by its name.
  await messageOf(bob, "the lake").focus();
  await bob.page.keyboard.press("+");
  await bob.page.getByRole("menuitem", { name: "All emoji" }).click();
  await bob.page.getByRole("searchbox", { name: "Search emoji" }).fill("butterfly");
  await bob.page.getByRole("button", { name: "butterfly" }).waitFor();
  await bob.page.keyboard.press("Enter");
  for (const session of all) await chip(session, "the lake", "🦋").waitFor();

  // Pinned for everybody, saved for oneself.
  await choose(bob, "the lake", "Pin for everyone");
  for (const { page } of all) await page.locator(".pin-bar", { hasText: "the lake" }).waitFor();
  await choose(ann, "at five", "Save for me");
  await annElsewhere.page.goto(new URL("/saved", annElsewhere.page.url()).href);
  await annElsewhere.page.locator(".kept-message", { hasText: "at five" }).waitFor();
  await annElsewhere.picture("saved-narrow");
  await annElsewhere.page.locator(".kept-open").click();
  await annElsewhere.page.locator('.message[data-highlighted="true"]', { hasText: "at five" }).waitFor();
  await bobElsewhere.page.goto(new URL("/saved", bobElsewhere.page.url()).href);
  await bobElsewhere.page.getByText("Nothing saved yet").waitFor();
  await bobElsewhere.page.goBack();

  // An edit, and what stood there before it.
  await bob.page.locator(".composer-input").press("ArrowUp");
  await bob.page.locator(".composer-input").fill("half a draft of an edit");
  await bob.page.keyboard.press("Escape");
  expect(await bob.page.locator(".composer-input").inputValue()).toBe("");
  await bob.page.locator(".composer-input").press("ArrowUp");
  await bob.write("Yes, at six");
  for (const session of all) await messageOf(session, "at six").waitFor();
  await messageOf(ann, "at six").getByRole("button", { name: "edited" }).click();
  await ann.page.locator(".versions", { hasText: "Yes, at five" }).waitFor();
  expect(await ann.page.locator(".version-text").allTextContents()).toEqual(["Yes, at six", "Yes, at five"]);
  await ann.picture("history-wide");
  await ann.page.keyboard.press("Escape");

  // Passed on to somebody else: the words, and that they were passed on.
  await choose(ann, "at six", "Forward…");
  await ann.page.getByRole("searchbox", { name: "Search conversations" }).fill("cy");
  await ann.picture("forward-wide");
  await ann.page.keyboard.press("ArrowDown");
  await ann.page.keyboard.press("Enter");
  await ann.page.getByText("Forwarded to cy").waitFor();
  await ann.open("cy");
  await messageOf(ann, "at six").locator(".forwarded").waitFor();
  await ann.picture("forwarded-wide");

  for (const session of all) expect(session.complaints).toEqual([]);
  await bob.picture("messages-bob");
  await bobElsewhere.picture("messages-bob-narrow");
}, 240_000);

/** One transparent pixel. */
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

test(
  "this server's own emoji are in the picker, found by name, and shown as pictures",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
    const file = join(server.dataDir, "firefly.png");
    await writeFile(file, Buffer.from(pixel, "base64"));
    const { code, output } = await server.cli(["emoji", "add", "firefly", file]);
    expect([code, output]).toEqual([0, expect.any(String)]);
    const id = await acquaint("ann", "bob", ["Look, a light"]);
    const ann = await enter("ann", `/c/${id}`);
    const bob = await enter("bob", `/c/${id}`, narrow);
    await ann.sees("Look, a light");
    await messageOf(ann, "a light").focus();
    await ann.page.keyboard.press("+");
    await ann.page.getByRole("menuitem", { name: "All emoji" }).click();
    await ann.page.getByRole("region", { name: "Of this server" }).waitFor();
    await ann.page.getByRole("searchbox").fill("firef");
    await ann.page.getByRole("button", { name: "firefly" }).click();
    for (const session of [ann, bob]) {
      const picture = messageOf(session, "a light").locator(".reaction img");
      await picture.waitFor();
      expect(await picture.getAttribute("alt")).toBe(":firefly:");
      await poll("the picture", () =>
        session.page.evaluate<boolean>(`document.querySelector(".reaction img").naturalWidth === 1`),
      );
      expect(session.complaints).toEqual([]);
    }
    // It is offered first the next time.
    await messageOf(ann, "a light").focus();
    await ann.page.keyboard.press("+");
    await ann.page.getByRole("menuitem", { name: "All emoji" }).click();
    await ann.page
      .getByRole("region", { name: "Used lately" })
      .getByRole("button", { name: "firefly" })
      .waitFor();
  },
);

test(
  "from right to left everything about a message is mirrored, and nothing is cut",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob", ["نلتقي عند البحيرة؟"]);
    for (const [name, look] of [
      ["wide", wide],
      ["narrow", narrow],
    ] as const) {
      const ann = await enter("ann", "/settings", look);
      await ann.page.locator("#language").selectOption("ar");
      await poll("the other direction", () => ann.page.evaluate<boolean>(`document.dir === "rtl"`));
      await ann.page.goto(`${server.origin}/c/${id}`);
      await messageOf(ann, "البحيرة").focus();
      await ann.page.keyboard.press("Enter");
      await ann.page.getByRole("menu").waitFor();
      await ann.picture(`rtl-${name}-menu`);
      await ann.page.getByRole("menuitemcheckbox").first().click();
      await messageOf(ann, "البحيرة").locator(".reaction").waitFor();
      await ann.page.keyboard.press("Enter");
      await ann.page.getByRole("menuitem", { name: "كل الرموز" }).click();
      await ann.page.getByRole("button", { name: "قلب أحمر", exact: true }).first().waitFor();
      await ann.picture(`rtl-${name}-picker`);
      // To look at each of 1,800 buttons takes a machine minutes.
      await ann.page.getByRole("searchbox").fill("قلب أحمر");
      await ann.page.getByRole("button", { name: "وجه" }).first().waitFor({ state: "detached" });
      const inside = await ann.page.evaluate<boolean>(
        `(({ left, right }) => left >= 0 && right <= innerWidth)(document.querySelector("dialog").getBoundingClientRect())`,
      );
      expect([inside, await ann.barriers(), ann.complaints]).toEqual([true, [], []]);
      await ann.page.keyboard.press("Escape"); // leaves the search
      await ann.page.getByRole("button", { name: "وجه" }).first().waitFor();
      await ann.page.keyboard.press("Escape");
      await ann.page.getByRole("dialog").waitFor({ state: "detached" });
      await messageOf(ann, "البحيرة").locator(".reaction").click();
      await messageOf(ann, "البحيرة").locator(".reaction").waitFor({ state: "detached" });
    }
  },
);

test.for(looks)(
  "everything that opens about a message is usable by everybody and fits: %s",
  { timeout: 180_000 },
  async ([name, look], { skip }) => {
    const { enter, acquaint, post } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob", ["Shall we meet at the lake?", "The boat is **ready**."]);
    await post("bob", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "Yes, at five" });
    const ann = await enter("ann", `/c/${id}`, look);
    await ann.sees("Yes, at five");
    const { page } = ann;
    const check = async (screen: string) => {
      await ann.picture(`${name}-${screen}`);
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect({ screen, overflow, barriers: await ann.barriers() }).toEqual({
        screen,
        overflow: 0,
        barriers: [],
      });
    };
    await messageOf(ann, "the lake").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    await check("menu");
    await page.getByRole("menuitem", { name: "All emoji" }).click();
    await page.locator(".picker-emoji").nth(40).waitFor();
    await ann.picture(`${name}-picker`);
    await page.getByRole("searchbox").fill("butterfly");
    await page.locator(".picker-emoji").nth(40).waitFor({ state: "detached" });
    await check("picker-found");
    await page.getByRole("searchbox").fill("qqqq");
    await page.getByText("No emoji has this name.").waitFor();
    await page.getByRole("searchbox").fill("wave");
    await page.locator(".picker-emoji").first().click();
    for (const emoji of ["👍", "😂"]) {
      await messageOf(ann, "at five").focus();
      await page.keyboard.press("+");
      await page.getByRole("menuitemcheckbox", { name: emoji }).click();
      await chip(ann, "at five", emoji).waitFor();
    }
    for (const text of ["the lake", "The boat"]) {
      await choose(ann, text, "Pin for everyone");
      await page.locator(".pin-bar", { hasText: text }).waitFor();
    }
    await choose(ann, "The boat", "Save for me");
    await page.getByText("Only you see it").waitFor();
    await check("messages");
    await page.getByRole("button", { name: "All (2)" }).click();
    await page.locator(".kept-message").nth(1).waitFor();
    await check("pins");
    await page.keyboard.press("Escape");
    await choose(ann, "at five", "Who reacted");
    await page.getByRole("dialog").waitFor();
    await check("who-reacted");
    await page.keyboard.press("Escape");
    await choose(ann, "The boat", "Forward…");
    await page.getByRole("dialog").waitFor();
    await check("forward");
    await page.keyboard.press("Escape");
    await page.goto(new URL("/saved", page.url()).href);
    await page.locator(".kept-message").waitFor();
    await check("saved");
    await page.getByRole("button", { name: "No longer save" }).click();
    await page.getByText("Nothing saved yet").waitFor();
    await check("nothing-saved");
    expect(ann.complaints).toEqual([]);
  },
);
