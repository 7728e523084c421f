import { expect, test } from "vitest";
import type { ConversationView } from "#protocol/api.ts";
import { openHouse } from "./house.ts";
import { narrow, visit, wide } from "./person.ts";

test(
  "who has their account elsewhere is led there by a link, sees the group, and comes in",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openHouse(skip, ["ann", "bob", "cy"]);
    const begun = await house.post<ConversationView>("ann", "/conversations", { title: "Lantern walk" });
    const path = `/conversations/${begun.conversation.id}/links`;
    const { url } = await house.post<{ url: string }>("ann", path, {});
    const { origin } = house.server;
    // Somebody who is not signed in here; what they name as their server is this one under its own address.
    const bob = await visit(house.browser, url, narrow);
    await bob.page.getByText("I have an account on another server").click();
    await bob.picture("narrow-account-elsewhere");
    expect(await bob.barriers()).toEqual([]);
    await bob.page.getByLabel("Address").fill("bob@not a server");
    await bob.page.getByText("Continue there").click();
    await bob.page.getByText("This does not look like an address").waitFor();
    await bob.page.getByLabel("Address").fill(`@bob@${new URL(origin).host}`);
    await bob.page.getByText("Continue there").click();
    await bob.page.waitForURL((place) => (place.searchParams.get("next") ?? "").includes("/join?link="));
    await bob.signIn("bob", house.password("bob"));
    await bob.page.getByRole("heading", { name: "Lantern walk" }).waitFor();
    await bob.picture("narrow-join-link");
    await bob.page.getByRole("button", { name: "Join", exact: true }).click();
    await bob.page.waitForURL(`**/c/${begun.conversation.id}`);
    // And pasted where a conversation is begun.
    const cy = await house.enter("cy", "/new", wide);
    await cy.page.getByLabel("Address").fill(` ${url} `);
    await cy.picture("wide-new-with-link");
    await cy.page.keyboard.press("Enter");
    await cy.page.getByRole("button", { name: "Join", exact: true }).click();
    await cy.page.waitForURL(`**/c/${begun.conversation.id}`);
    expect([...bob.complaints, ...cy.complaints]).toEqual([]);
  },
);
