import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { check } from "./looking.ts";
import { looks } from "./person.ts";

test(
  "somebody moves to their other account: every session of those who know them shows it at once, and goes on there",
  { timeout: 240_000 },
  async ({ skip }) => {
    const { acquaint, enter, password, server } = await openHouse(skip, ["ann", "anna", "bo"]);
    const talk = await acquaint("ann", "bo");
    const { host } = new URL(server.origin);
    const anna = await enter("anna", "/settings/account");
    await anna.page.getByLabel("Address of the other account").fill("@ann");
    await anna.page.getByRole("button", { name: "Add", exact: true }).click();
    const asked = anna.page.getByRole("dialog");
    await asked.getByLabel("Password").fill(password("anna"));
    await asked.getByRole("button", { name: "Confirm" }).click();
    await anna.page.getByText(`@ann@${host} may move here now.`).waitFor();
    await check("moving-here", anna);

    const bos = [await enter("bo", `/c/${talk}`), await enter("bo", "/")] as const;
    await bos[0].sees("first", "second");
    const ann = await enter("ann", "/settings/account");
    const target = ann.page.getByLabel("Address of the new account");
    await target.fill("@bo");
    await ann.page.getByRole("button", { name: "Move", exact: true }).click();
    const dialog = ann.page.getByRole("dialog");
    await dialog.getByLabel("Password").fill(password("ann"));
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await ann.page.getByText(/does not say yet that it is yours/).waitFor();
    await target.fill("@anna");
    await ann.page.getByRole("button", { name: "Move", exact: true }).click();
    await ann.page.getByText(`You have moved to @anna@${host}.`).waitFor();
    await check("moving-gone", ann);

    await bos[0].page.getByText(`ann has moved to @anna@${host}.`).waitFor();
    await bos[1].page.locator(".conversation", { hasText: "anna" }).waitFor();
    await bos[0].page.getByRole("button", { name: "Write there" }).click();
    await bos[0].page.getByText(`anna goes on with this account; it was @ann@${host} before`).waitFor();
    await bos[0].write("welcome");
    await bos[1].open("anna");
    await bos[1].sees("welcome");
    await check("moving-goes-on", bos[1]);
    await anna.page.goto(server.origin);
    await anna.open("bo");
    await anna.page.getByText(/You go on with this account/).waitFor();
    await anna.sees("welcome");

    await ann.page.getByRole("button", { name: "Come back to this account" }).click();
    await ann.page.getByText("You can move again from").waitFor();
    await bos[1].page.goto(`${server.origin}/c/${talk}`);
    await bos[1].sees("first", "second");
    expect(await bos[1].page.getByText("has moved to").count()).toBe(0);
    for (const [name, look] of looks) {
      const one = await enter("anna", "/settings/account", look);
      await one.page.getByText(`@ann@${host}`).first().waitFor();
      await check(`moving-card-${name}`, one);
    }
    for (const { complaints } of bos) expect(complaints).toEqual([]);
    // The one who was asked anew who they are was refused before.
    for (const complaint of anna.complaints) expect(complaint).toContain("403 (Forbidden)");
  },
);
