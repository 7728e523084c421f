import postgres from "postgres";
import { expect, test } from "vitest";
import { gather } from "./groups.ts";
import { type House, openHouse } from "./house.ts";
import { looks, narrow, type Visit } from "./person.ts";

async function openMenu({ page }: Visit, text: string) {
  await page.locator(".message", { hasText: text }).last().focus();
  await page.keyboard.press("Enter");
  return page.getByRole("menu");
}

test(
  "whoever may delete what others said is offered it, and all see who did",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openHouse(skip, ["ann", "bob"]);
    const id = await gather(house, "Lantern walk", ["ann", "bob"]);
    await house.say("bob", id, "hello all");
    await house.say("bob", id, "nothing nice");
    await house.say("ann", id, "please be nice");
    const ann = await house.enter("ann", `/c/${id}`);
    const bob = await house.enter("bob", `/c/${id}`, narrow);
    await ann.sees("hello all", "nothing nice", "please be nice");
    await bob.sees("hello all", "nothing nice", "please be nice");

    await (await openMenu(bob, "please")).getByRole("menuitem", { name: "Delete…" }).click();
    await bob.page.getByRole("button", { name: "Delete for me" }).waitFor();
    expect(await bob.page.getByRole("button", { name: "Delete for everyone" }).count()).toBe(0);
    await bob.page.keyboard.press("Escape");

    await (await openMenu(ann, "nothing nice")).getByRole("menuitem", { name: "Delete…" }).click();
    await ann.page.getByText("Everybody sees that it was you").waitFor();
    await ann.picture("delete-of-other");
    expect(await ann.barriers()).toEqual([]);
    await ann.page.getByRole("button", { name: "Delete for everyone" }).click();
    await ann.sees("hello all", "You deleted this message", "please be nice");
    await bob.sees("hello all", "Deleted by ann", "please be nice");
    await ann.picture("deleted-by-you-wide");
    await bob.picture("deleted-by-narrow");
    expect(await bob.barriers()).toEqual([]);

    // Who may pin is what the group says, too.
    const item = (visit: Visit, name: string) => visit.page.getByRole("menuitem", { name, exact: true });
    await openMenu(bob, "hello all");
    await item(bob, "Pin for everyone").click();
    await ann.page.locator(".pin-bar", { hasText: "hello all" }).waitFor();
    const permissions = { write: "member", invite: "member", pin: "admin", edit: "admin", delete: "admin" };
    await house.patch("ann", `/conversations/${id}`, { permissions });
    await bob.page.getByText("changed who may do what").waitFor();
    await openMenu(bob, "hello all");
    await item(bob, "Reply").waitFor();
    expect(await item(bob, "Unpin").count()).toBe(0);
    await openMenu(ann, "hello all");
    await item(ann, "Unpin").waitFor();
    expect([...ann.complaints, ...bob.complaints]).toEqual([]);
  },
);

/** From now on a server keeps a group whose keeper cannot be found. */
async function giveAway({ server }: House, id: string): Promise<void> {
  const sql = postgres(server.databaseUrl ?? "", { max: 1, onnotice: () => {} });
  await sql`
    with keeper as (
      insert into person (id, handle, name, host, kind, created_at)
      values (gen_random_uuid(), 'b.example', 'b.example', 'b.example', 'application', now()) returning id)
    update conversation set uri = 'https://b.example/r/1', keeper_id = keeper.id from keeper
    where conversation.id = ${id}`;
  await sql.end();
}

test.for(looks)(
  "whoever asked another server in vain is told so: %s",
  { timeout: 120_000 },
  async ([name, look], { skip }) => {
    const house = await openHouse(skip, ["ann", "bob"]);
    const id = await gather(house, "Lantern walk", ["ann", "bob"]);
    await house.say("bob", id, "nothing nice");
    await giveAway(house, id);
    const ann = await house.enter("ann", `/c/${id}`, look);
    await ann.sees("nothing nice");
    await (await openMenu(ann, "nothing nice")).getByRole("menuitem", { name: "Delete…" }).click();
    await ann.page.getByText("For everyone: b.example").waitFor();
    await ann.picture(`${name}-delete-asks`);
    await ann.page.getByRole("button", { name: "Delete for everyone" }).click();
    await ann.page.getByText("Lantern walk: b.example did not delete the message.").waitFor();
    await ann.picture(`${name}-refused`);
    expect(await ann.barriers()).toEqual([]);
    await ann.sees("nothing nice");
    expect(ann.complaints).toEqual([]);
  },
);
