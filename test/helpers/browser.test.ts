import { expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";

test("a browser opens with an empty profile and draws a page", async ({ skip }) => {
  const browser = await launchBrowser(skip);
  const page = await browser.newPage();
  await page.setContent("<h1>Luciole</h1>");
  expect(await page.textContent("h1")).toBe("Luciole");
  expect(await page.context().cookies()).toEqual([]);
  await browser.close();
});
