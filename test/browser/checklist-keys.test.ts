import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { narrow, type Visit } from "./person.ts";

const focused = ({ page }: Visit) =>
  page.evaluate<string>(
    "document.activeElement.closest('[data-region]')?.className ?? document.activeElement.tagName",
  );
const overflow = ({ page }: Visit) =>
  page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

test("F6 goes round the regions, a list is one tab stop, and ? shows what the keyboard can do", async ({
  skip,
}) => {
  const { enter, acquaint } = await openHouse(skip, ["ann", "bob", "cy"]);
  await acquaint("ann", "cy");
  const ann = await enter("ann", `/c/${await acquaint("ann", "bob")}`);
  await ann.sees("first", "second");
  const { page } = ann;
  await page.locator(".composer-input").focus();
  const seen: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await page.keyboard.press("F6");
    seen.push(await focused(ann));
  }
  expect(new Set(seen).size).toBe(4);
  expect(seen.at(-1)).toContain("composer");
  for (const selector of [".conversation", ".message"])
    expect(await page.locator(`${selector}[tabindex="0"]`).count()).toBe(1);
  await page.locator('.conversation[tabindex="0"]').focus();
  await page.keyboard.press("ArrowDown");
  await poll("the next conversation", async () => {
    return (await page.evaluate<string>("document.activeElement.textContent")).includes("cy");
  });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "cy" }).waitFor();
  await page.locator(".message").last().focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await ann.picture("shortcuts");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.className")).toBe("message");
});

test("new messages are announced once, and many at once as a number", async ({ skip }) => {
  const { enter, acquaint, say } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", `/c/${id}`);
  await ann.sees("first", "second");
  await ann.page.evaluate(`(() => {
    window.said = [];
    const region = document.querySelector('.unseen[aria-live="polite"]');
    new MutationObserver(() => window.said.push(region.textContent)).observe(region, {
      childList: true, characterData: true, subtree: true,
    });
  })()`);
  const said = () => ann.page.evaluate<string[]>("window.said");
  await say("bob", id, "hello");
  await poll("an announcement", async () => (await said()).length > 0);
  expect(await said()).toEqual(["bob: hello"]);
  await Promise.all(Array.from({ length: 12 }, (_, index) => say("bob", id, `quick ${index}`)));
  await poll("a digest", async () => (await said()).some((text) => /\d+ new messages/.test(text)));
  expect(await ann.page.locator('[role="log"]').getAttribute("aria-live")).toBe("off");
});

test("Enter begins a line where that was chosen, and Ctrl with Enter sends", async ({ skip }) => {
  const { enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", "/settings");
  await ann.page.getByRole("radio", { name: "Begins a new line" }).check();
  await ann.page.locator(".conversation").click();
  await ann.sees("first", "second");
  await ann.page.locator(".composer-input").fill("two");
  await ann.page.keyboard.press("Enter");
  await ann.page.keyboard.type("lines");
  expect(await ann.page.locator(".composer-input").inputValue()).toBe("two\nlines");
  await ann.page.keyboard.press("Control+Enter");
  await ann.sees("second", "two\nlines");
  expect(ann.page.url()).toContain(id);
});

test("everything fits at 320 pixels and at twice the size, without scrolling sideways", async ({ skip }) => {
  const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob", ["x".repeat(200), "a few words ".repeat(20)]);
  const ann = await enter("ann", "/", { width: 320, height: 512, scheme: "light" });
  // At 200 % a window of 1280 by 800 has half as many pixels of the page.
  const large = await enter("ann", "/", { width: 640, height: 400, scheme: "dark" });
  for (const session of [ann, large]) {
    for (const path of ["/", `/c/${id}`, "/settings", "/archived", "/saved"]) {
      await session.page.goto(server.origin + path);
      await session.page.locator("h1:visible").first().waitFor();
      if (path.startsWith("/c/")) await session.page.locator(".message").last().waitFor();
      expect([path, await overflow(session)]).toEqual([path, 0]);
    }
    await session.page.goto(`${server.origin}/c/${id}`);
    await session.page.locator(".message").last().waitFor();
    const field = await session.page.locator(".composer-input").boundingBox();
    expect((field?.y ?? Infinity) + (field?.height ?? 0)).toBeLessThanOrEqual(
      session.page.viewportSize()?.height ?? 0,
    );
  }
  await ann.picture("reflow-320");
  await large.picture("zoom-200");
}, 180_000);

test("in forced colours everything is there, and with reduced motion nothing moves", async ({ skip }) => {
  const { enter, acquaint, say } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann");
  await ann.page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await say("bob", id, "look, @ann");
  await ann.page.locator(".pill.names-me").waitFor();
  await ann.picture("forced-list");
  await ann.open("bob");
  await ann.sees("look, @ann");
  await ann.page.locator(".message").last().focus();
  await ann.page.keyboard.press("ArrowUp");
  await ann.picture("forced-thread");
  const outline = await ann.page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
  expect(outline).not.toBe("none");
  expect(await ann.page.evaluate<number>("document.getAnimations().length")).toBe(0);
  const phone = await enter("ann", `/c/${id}`, narrow);
  await phone.sees("look, @ann");
  expect(await phone.page.evaluate<number>("document.getAnimations().length")).toBe(0);
});
