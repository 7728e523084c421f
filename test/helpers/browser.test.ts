import { expect, test } from "vitest";
import { openBrowser } from "./browser.ts";

test.for(["first", "second"])(
  "a browser opens with an empty profile and draws a page: %s time",
  async (_, { skip }) => {
    const browser = await openBrowser(skip);
    expect(browser.contexts()).toEqual([]);
    const page = await browser.newPage();
    await page.setContent("<h1>Luciole</h1>");
    expect(await page.textContent("h1")).toBe("Luciole");
    expect(await page.context().cookies()).toEqual([]);
    await page.context().addCookies([{ name: "left", value: "behind", url: "http://localhost" }]);
  },
);
