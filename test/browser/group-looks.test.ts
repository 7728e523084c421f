import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { gather, openDetails } from "./groups.ts";
import { looks } from "./person.ts";

/** A picture that the page draws, twice as wide as it is high: its left half is green, its right one red. */
const paint = `(() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [600, 300];
  const context = canvas.getContext("2d");
  context.fillStyle = "#2e8b57";
  context.fillRect(0, 0, 300, 300);
  context.fillStyle = "#c0392b";
  context.fillRect(300, 0, 300, 300);
  return canvas.toDataURL("image/png").split(",")[1];
})()`;

/** By how many pixels anything is wider than its place, at most. */
const overflowing = `Math.max(
  document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll(".details-body, dialog[open]")].map((one) => one.scrollWidth - one.clientWidth),
)`;

test.for(looks)(
  "every screen of groups is usable by everybody and fits: %s",
  { timeout: 240_000 },
  async ([name, look], { skip }) => {
    const house = await openHouse(skip, ["ann", "bob", "cy"]);
    const id = await gather(house, "Lantern walk in the old town", ["ann", "bob"]);
    await house.post("ann", `/conversations/${id}/invitations`, { address: "@cy" });
    await house.post("ann", `/conversations/${id}/messages`, { key: crypto.randomUUID(), text: "Hello" });
    const link = await house.post<{ url: string }>("ann", `/conversations/${id}/links`, {});
    const ann = await house.enter("ann", `/c/${id}`, look);
    const cy = await house.enter("cy", "/requests", look);
    const check = async (one: typeof ann, screen: string) => {
      await one.picture(`${name}-group-${screen}`);
      const overflow = await one.page.evaluate<number>(overflowing);
      expect({ screen, overflow, barriers: await one.barriers() }).toEqual({
        screen,
        overflow: 0,
        barriers: [],
      });
    };
    const { page } = ann;
    await ann.sees("Hello");
    await check(ann, "flow");

    // Its picture: chosen, moved with the keyboard, and shown in its place.
    await openDetails(ann);
    await page.getByRole("button", { name: "Choose a picture" }).waitFor();
    const buffer = Buffer.from(await page.evaluate<string>(paint), "base64");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "lanterns.png", mimeType: "image/png", buffer });
    await page.locator("canvas.crop").press("ArrowRight");
    await check(ann, "picture");
    await page.getByRole("button", { name: "Use picture" }).click();
    await page.locator(".group-card .avatar img").waitFor();
    await page.locator(".thread-bar .avatar img").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Change the description" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("Every year in November, with candles");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".fact", { hasText: "with candles" }).waitFor();
    await check(ann, "details");
    await page.getByRole("button", { name: "Actions for bob" }).click();
    await check(ann, "member-menu");
    await page.getByRole("menuitem", { name: "Ban…" }).click();
    await check(ann, "ban");
    await page.keyboard.press("Escape");
    for (const fold of ["Invite people", "Invite links", "Permissions", "Banned people"]) {
      await page.locator("summary", { hasText: fold }).click();
      await page.locator("details[open] .fold-body > *").first().waitFor();
      await check(ann, fold.toLowerCase().replace(" ", "-"));
      await page.locator("summary", { hasText: fold }).click();
    }
    await page.goto(`${house.server.origin}/new/group`);
    await page.getByRole("combobox", { name: "People" }).fill("b");
    await page.getByRole("option", { name: "bob" }).click();
    await check(ann, "new");

    await cy.page.getByText("ann invites you into a group").waitFor();
    await check(cy, "invitation");
    await cy.page.goto(link.url);
    await cy.page.getByRole("button", { name: "Join", exact: true }).waitFor();
    await check(cy, "join");
    await cy.page.goto(`${house.server.origin}/join/nothing`);
    await cy.page.getByText("This link does not lead anywhere").waitFor();
    await check(cy, "join-gone");
    expect(ann.complaints).toEqual([]);
  },
);
