import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { looks, type Visit } from "./person.ts";

const listed = ({ page }: Visit) => page.locator(".folder-list bdi").allTextContents();
const views = ({ page }: Visit) => page.locator(".views .view").allTextContents();

async function openFolders({ page }: Visit): Promise<void> {
  await page.getByRole("button", { name: "More for the list" }).click();
  await page.getByRole("menuitem", { name: "Folders" }).click();
  await page.locator(".folder-list").waitFor();
}

test("folders are put in order by keys and by hand, and stand so in the other session", async ({ skip }) => {
  const { enter, post, acquaint } = await openHouse(skip, ["ann", "bob"]);
  await acquaint("ann", "bob");
  for (const name of ["Work", "Home", "Chess"]) await post("ann", "/me/folders", { name });
  const ann = await enter("ann");
  const elsewhere = await enter("ann");
  await openFolders(ann);

  await ann.page.getByRole("button", { name: "Move: Chess" }).focus();
  await ann.page.keyboard.press("ArrowUp");
  await ann.page.keyboard.press("ArrowUp");
  await ann.page.keyboard.press("ArrowUp");
  expect(await ann.page.evaluate("document.activeElement?.ariaLabel")).toBe("Move: Chess");
  expect(await ann.page.locator(".dialog [role=status]").first().textContent()).toBe("Chess: place 1 of 3");
  for (const session of [ann, elsewhere])
    await poll("Chess first", async () => (await views(session)).slice(-3).join() === "Chess,Work,Home");

  const grip = await ann.page.getByRole("button", { name: "Move: Chess" }).boundingBox();
  const last = await ann.page.getByRole("button", { name: "Move: Home" }).boundingBox();
  const { mouse } = ann.page;
  await mouse.move(grip!.x + 10, grip!.y + 10);
  await mouse.down();
  await mouse.move(last!.x + 10, last!.y + last!.height - 4, { steps: 8 });
  await ann.picture("folders-held");
  await mouse.up();
  await poll("Chess last", async () => (await listed(ann)).join() === "Work,Home,Chess");
  await poll(
    "the same elsewhere",
    async () => (await views(elsewhere)).slice(-3).join() === "Work,Home,Chess",
  );
  for (const session of [ann, elsewhere]) expect(session.complaints).toEqual([]);

  for (const [name, look] of looks) {
    const session = await enter("ann", "/", look);
    await openFolders(session);
    await session.picture(`folders-${name}`);
    expect(await session.barriers()).toEqual([]);
    await session.page.context().close();
  }
}, 120_000);
