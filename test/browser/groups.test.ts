import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { choose, gather, openDetails } from "./groups.ts";
import { openHouse } from "./house.ts";
import { narrow, type Visit, visit, wide } from "./person.ts";

const people = ["ann", "bob", "cy"] as const;

const lines = ({ page }: Visit) => page.locator(".notices").allTextContents();

test("a group is begun, people are asked into it and come, and all of them write", async ({ skip }) => {
  const house = await openHouse(skip, people);
  const ann = await house.enter("ann");
  const bob = await house.enter("bob", "/", { ...wide, scheme: "dark" });
  const cy = await house.enter("cy", "/", narrow);
  await ann.page.getByRole("link", { name: "New group" }).click();
  await ann.page.getByLabel("Name", { exact: true }).fill("Lantern walk");
  await ann.page.getByLabel("Description").fill("Every year in November");
  const field = ann.page.getByRole("combobox", { name: "People" });
  for (const address of ["@bob", "@nobody"]) {
    await field.fill(address);
    await field.press("Enter");
  }
  await ann.page.getByRole("button", { name: "Create group" }).click();
  await ann.page.getByText("Nobody is known at this address").waitFor();
  await ann.page.getByRole("button", { name: "Take out @nobody" }).click();
  await field.fill("@cy");
  await ann.page.getByRole("button", { name: "Go on" }).click();
  await ann.page.getByRole("heading", { level: 1, name: "Lantern walk" }).waitFor();
  await ann.page.getByText("You created the group").waitFor();

  for (const one of [bob, cy]) {
    await one.page.getByRole("link", { name: "1 message request" }).click();
    await one.page.getByText("ann invites you into a group").waitFor();
    await one.page.getByRole("button", { name: "Accept" }).click();
    await one.page.getByRole("heading", { level: 1, name: "Lantern walk" }).waitFor();
  }
  await poll("both joined, in one line", async () =>
    (await lines(ann)).some((line) => line.includes("bob and cy joined")),
  );
  expect(await ann.page.title()).not.toMatch(/^\(/);
  await ann.write("Who brings candles?");
  await bob.sees("Who brings candles?");
  await bob.write("I do");
  await cy.sees("Who brings candles?", "I do");
  await cy.write("And I bring matches");
  for (const one of [ann, bob, cy]) await one.sees("Who brings candles?", "I do", "And I bring matches");
  await ann.page.locator(".audience", { hasText: "Only bob and cy" }).waitFor();
  await cy.page.locator(".message .author", { hasText: "bob" }).waitFor();
  await bob.write("See you");
  await bob.page.locator(".seen-by", { hasText: "Read by" }).waitFor();
  // Nobody is called @nobody.
  for (const { complaints } of [ann, bob, cy])
    expect(complaints.filter((one) => !one.includes("422"))).toEqual([]);
}, 180_000);

test("whoever is removed is told at once, keeps what was said and sees nothing new", async ({ skip }) => {
  const house = await openHouse(skip, people);
  const id = await gather(house, "Choir", people);
  const ann = await house.enter("ann", `/c/${id}`);
  const cy = await house.enter("cy", `/c/${id}`, narrow);
  await cy.write("Is there a rehearsal?");
  await ann.sees("Is there a rehearsal?");
  await openDetails(ann);
  await choose(ann, "cy", "Remove…");
  await ann.page.getByRole("dialog", { name: "Remove cy from the group?" }).waitFor();
  await ann.page.getByRole("button", { name: "Remove", exact: true }).click();
  await cy.page.getByText("You were removed from this group.").waitFor();
  expect(await cy.page.locator(".composer-input").count()).toBe(0);
  await ann.page.getByText("You removed cy").waitFor();
  await ann.write("Not for cy");
  await ann.sees("Is there a rehearsal?", "Not for cy");
  await cy.picture("group-removed");
  for (let round = 0; round < 2; round += 1) {
    await cy.sees("Is there a rehearsal?");
    expect(await cy.texts()).toEqual(["Is there a rehearsal?"]);
    await cy.page.reload();
  }
  await cy.page.getByRole("button", { name: "Forget this conversation" }).click();
  await cy.page.getByText("No conversations yet").waitFor();
}, 120_000);

test("roles: an admin governs, the owner hands over before leaving, and lines in a row are one that opens", async ({
  skip,
}) => {
  const house = await openHouse(skip, people);
  const id = await gather(house, "Garden", people);
  const ann = await house.enter("ann", `/c/${id}`);
  const bob = await house.enter("bob", `/c/${id}`, { ...wide, scheme: "dark" });
  const cy = await house.enter("cy", `/c/${id}`, narrow);
  for (const one of [ann, bob, cy]) await openDetails(one);
  expect(await bob.page.getByRole("button", { name: "Archive…" }).count()).toBe(0);
  await choose(ann, "bob", "Make admin");
  await ann.page.getByRole("button", { name: "Make admin" }).click();
  await bob.page.getByRole("button", { name: "Archive…" }).waitFor();
  await cy.page.locator(".member", { hasText: "bob" }).getByText("Admin", { exact: true }).waitFor();

  // Only admins write: the others are told why they cannot.
  await bob.page.getByText("Permissions", { exact: true }).click();
  await bob.page.getByLabel("Write", { exact: true }).selectOption({ label: "Admins" });
  await cy.page.locator(".details").press("Escape");
  await cy.page.getByText("Only its owner and admins write here.").waitFor();
  await bob.page.getByLabel("Write", { exact: true }).selectOption({ label: "Everybody" });
  await cy.page.locator(".composer-input").waitFor();

  // Archived and reopened.
  await bob.page.getByRole("button", { name: "Archive…" }).click();
  await bob.page.getByRole("button", { name: "Archive", exact: true }).click();
  for (const { page } of [ann, bob, cy]) await page.getByText("This group is archived.").waitFor();
  await ann.page.locator(".request-bar").getByRole("button", { name: "Reopen" }).click();
  for (const { page } of [ann, bob, cy]) await page.locator(".composer-input").waitFor();

  // The owner's way out.
  await ann.page.getByRole("button", { name: "Leave…" }).click();
  await ann.page.getByText("Hand it over first").waitFor();
  await ann.page.getByRole("button", { name: "To the members" }).click();
  await choose(ann, "bob", "Hand over the group…");
  await ann.page.getByRole("dialog", { name: "Hand the group over to bob?" }).waitFor();
  await ann.page.getByRole("button", { name: "Hand over", exact: true }).click();
  await ann.page.locator(".member", { hasText: "bob" }).getByText("Owner", { exact: true }).waitFor();
  await ann.page.getByRole("button", { name: "Leave…" }).click();
  await ann.page.getByRole("button", { name: "Leave", exact: true }).click();
  await ann.page.getByText("You left this group.").waitFor();

  const line = bob.page.locator(".notices button").last();
  await poll("everything in one line", async () => (await line.textContent())?.includes("ann left") ?? false);
  await line.click();
  await bob.page
    .locator(".notices li", { hasText: "bob owns the group now" })
    .or(bob.page.locator(".notices li", { hasText: "You own the group now" }))
    .waitFor();
  await bob.picture("group-lines");
}, 180_000);

test("a link leads through signing in to the group, and with approval somebody there decides", async ({
  skip,
}) => {
  const house = await openHouse(skip, [...people, "dan"]);
  const id = await gather(house, "Open house", ["ann", "bob"]);
  const ann = await house.enter("ann", `/c/${id}`);
  await openDetails(ann);
  const links = ann.page.locator("details.fold", { hasText: "Invite links" });
  await links.locator("summary").click();
  await links.getByText("There is no link").waitFor();
  await links.getByLabel("For", { exact: true }).selectOption({ label: "1 person" });
  await links.getByRole("button", { name: "Make a link" }).click();
  const open = (await links.locator(".links bdi").first().textContent()) ?? "";
  const cy = await visit(house.browser, open, narrow);
  await cy.signIn("cy", house.password("cy"));
  await cy.page.getByRole("heading", { level: 1, name: "Open house" }).waitFor();
  await cy.page.getByText("2 members").waitFor();
  await cy.page.getByRole("button", { name: "Join", exact: true }).click();
  await cy.page.locator(".composer-input").waitFor();
  await ann.page.getByText("cy joined").first().waitFor();

  // It is used up, and says no more than an unknown one.
  const dan = await visit(house.browser, open, wide);
  await dan.signIn("dan", house.password("dan"));
  await dan.page.getByText("This link does not lead anywhere").waitFor();
  await links.getByLabel("Somebody must agree first").check();
  await links.getByRole("button", { name: "Make a link" }).click();
  const asking = links.locator(".links li", { hasText: "with approval" }).locator("bdi");
  await dan.page.goto((await asking.textContent()) ?? "");
  await dan.page.getByRole("button", { name: "Ask to join" }).click();
  await dan.page.getByText("You asked to join.").first().waitFor();
  await ann.page.reload();
  await openDetails(ann);
  await ann.page.getByText("1 person asks to join").waitFor();
  await ann.page.getByRole("button", { name: "Let in dan" }).click();
  await ann.page.getByText("dan joined").first().waitFor();
  await dan.page.goto(`${house.server.origin}/c/${id}`);
  await dan.page.locator(".composer-input").waitFor();
}, 180_000);
