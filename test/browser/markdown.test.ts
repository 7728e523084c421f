import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { looks } from "./person.ts";

const text = `**Hello** @ann, @eve and @nobody: *see* ~~this~~ \`a < b\`
and [the page](https://a.example/page) <b>not bold</b>

> quoted **words**
> > and theirs
> > again

- milk
- eggs
  1. brown
  2. white
3. three

\`\`\`ts
const long = "${"a wide line ".repeat(12)}";

  return long;
\`\`\`
Bye`;

const rightToLeft = "**مرحبا** @ann\n\n> اقتباس\n\n1. واحد\n2. اثنان\n\n```\nlet x = 1;\n```";

test.for(looks)(
  "Markdown is shown as nodes, and code scrolls within itself: %s",
  async ([name, look], { skip }) => {
    const { server, acquaint, enter, post } = await openHouse(skip, ["ann", "eve"]);
    const id = await acquaint("ann", "eve", [text]);
    await post("eve", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: rightToLeft });
    const eve = await enter("eve", "/", { ...look, height: 1_100 });
    const { page } = eve;
    await page.goto(`${server.origin}/c/${id}`);
    const message = page.locator(".message", { hasText: "not bold" });
    await message.waitFor();
    expect(await message.locator("strong").allTextContents()).toEqual(["Hello", "words"]);
    expect(await message.locator("b").count()).toBe(0);
    expect(await message.locator(".mention").allTextContents()).toEqual(["@ann", "@eve"]);
    expect(await message.locator('.mention[data-me="true"]').allTextContents()).toEqual(["@eve"]);
    expect(await message.locator("a").getAttribute("href")).toBe("https://a.example/page");
    expect(await message.locator(".code-top bdi").textContent()).toBe("ts");
    const overflow = await page.evaluate<number[]>(
      `[document.documentElement, document.querySelector(".log"), document.querySelector(".message pre")]
      .map((one) => one.scrollWidth - one.clientWidth)`,
    );
    expect([overflow.slice(0, 2), overflow[2]! > 0]).toEqual([[0, 0], true]);
    const direction = `getComputedStyle(document.querySelector(".message[data-own=true] blockquote")).direction`;
    expect(await page.evaluate<string>(direction)).toBe("rtl");
    await eve.picture(`${name}-markdown`);
    expect([await eve.barriers(), eve.complaints]).toEqual([[], []]);
  },
);

test("code is copied as it was typed, and the list shows no markers", async ({ skip }) => {
  const { acquaint, enter, browser } = await openHouse(skip, ["ann", "eve"]);
  const id = await acquaint("ann", "eve", ["```\n  x  =  1\n```", "**see** `this`"]);
  const { page } = await enter("ann", `/c/${id}`);
  await browser.contexts().at(-1)?.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy the code" }).click();
  await page.getByText("Code copied").waitFor();
  expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe("  x  =  1");
  expect(await page.locator(".conversation .preview bdi").textContent()).toBe("see this");
});
