import { expect } from "vitest";
import { looks, type Visit, wide } from "./person.ts";

/** Takes a picture of a page, on which nothing sticks out sideways and nothing serious is in anybody's way. */
export async function check(name: string, { page, picture, barriers }: Visit): Promise<void> {
  await picture(name);
  const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect({ name, overflow, barriers: await barriers() }).toEqual({ name, overflow: 0, barriers: [] });
}

/** The same in both widths and both schemes; the page is wide again afterwards. */
export async function inLooks(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  for (const [look, { width, height, scheme }] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await check(`${name}-${look}`, visit);
  }
  await page.setViewportSize(wide);
}
