import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { looks, type Visit } from "./person.ts";

async function check(name: string, one: Visit): Promise<void> {
  await one.picture(name);
  const overflow = await one.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect({ name, overflow, barriers: await one.barriers() }).toEqual({ name, overflow: 0, barriers: [] });
}

test(
  "the pages of the settings are reached from each other, and back",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { enter } = await openHouse(skip, ["ann"]);
    for (const [name, look] of looks) {
      const ann = await enter("ann", "/settings", look);
      const title = (text: string) => ann.page.getByRole("heading", { level: 1, name: text }).waitFor();
      await title("Settings");
      await ann.page.getByLabel("Status").waitFor();
      await check(`settings-general-${name}`, ann);
      await ann.page.getByRole("link", { name: "Account", exact: true }).click();
      await title("Account");
      await ann.page.locator(".copy-address").waitFor();
      await check(`settings-account-${name}`, ann);
      if (look.width < 768) await ann.page.getByRole("button", { name: "Back" }).click();
      else await ann.page.locator(".settings-nav [aria-current]", { hasText: "Account" }).waitFor();
      await ann.page.getByRole("link", { name: "Privacy", exact: true }).click();
      await title("Privacy");
      await ann.page.getByRole("switch", { name: "Read marks" }).waitFor();
      await ann.page.goBack();
      await title(look.width < 768 ? "Settings" : "Account");
      expect(ann.complaints).toEqual([]);
    }
  },
);
