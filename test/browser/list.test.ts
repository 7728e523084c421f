import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { looks, type Visit } from "./person.ts";

const row = ({ page }: Visit, name: string) =>
  page.locator(".conversation-rows > li", { has: page.locator(".conversation-name", { hasText: name }) });

/** Chooses in the menu of a conversation, as the keyboard does. */
async function choose(session: Visit, name: string, ...items: string[]) {
  await row(session, name).locator(".conversation").focus();
  await session.page.keyboard.press("ContextMenu");
  for (const item of items) await session.page.getByRole("menu").getByText(item, { exact: true }).click();
}

test("what the server refuses is taken back", async ({ skip }) => {
  const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  await acquaint("ann", "bob");
  const ann = await enter("ann");
  await row(ann, "bob").waitFor();
  await ann.page.route(`${server.origin}/api/chat/v1/conversations/*/membership`, (route) =>
    route.fulfill({ status: 403, json: { error: "not_permitted", message: "no" } }),
  );
  await choose(ann, "bob", "Pin to the top");
  await ann.page.locator('.passing[data-shows="true"]').waitFor();
  await row(ann, "bob").getByText("Pinned").waitFor({ state: "detached" });
});

test.for(looks)(
  "the list and its menus are usable by everybody and fit: %s",
  async ([name, look], { skip }) => {
    const { enter, acquaint, say } = await openHouse(skip, ["ann", "bob", "cy"]);
    const id = await acquaint("ann", "bob");
    await acquaint("ann", "cy");
    await say("bob", id, "did you see this, @ann?");
    const ann = await enter("ann", "/", look);
    await row(ann, "bob").locator(".pill.names-me").waitFor();
    await ann.picture(`${name}-list`);
    expect(await ann.barriers()).toEqual([]);
    await choose(ann, "bob", "Mute…");
    await ann.page.getByText("For 8 hours").waitFor();
    await ann.picture(`${name}-list-menu`);
    expect(await ann.barriers()).toEqual([]);
    expect(await ann.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBe(0);
  },
);
