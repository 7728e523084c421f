import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findFreePort } from "#db/embedded/postmaster.ts";
import { startProvider } from "../helpers/oidc-provider.ts";
import { type House, openHouse } from "./house.ts";
import { inLooks } from "./looking.ts";
import { visit } from "./person.ts";

/** A house that people can enter by a provider. */
async function openTo(skip: (why: string) => void, handles: readonly string[]): Promise<House> {
  const port = await findFreePort();
  const house = await openHouse(skip, handles, { ALLOW_PRIVATE_ADDRESSES: `localhost:${port}` });
  const callback = `${house.server.origin}/auth/providers/work/callback`;
  const { uri, clientId, clientSecret } = await startProvider({ port, redirectUris: [callback] });
  const added = await house.server.cli(
    ["issuer", "add", "work", uri, "--name", "Work", "--client-id", clientId, "--secret", "--accounts"],
    { input: `${clientSecret}\n` },
  );
  expect(added.output).toContain(callback);
  return house;
}

/** Goes through the provider's own pages. */
async function sayWho(page: Page, login: string): Promise<void> {
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill("any");
  await page.locator('button[type="submit"]').click();
  await page.locator('input[name="prompt"][value="consent"]').waitFor({ state: "attached" });
  await page.locator('button[type="submit"]').click();
}

test("somebody new comes in by a provider's own page, chooses a handle, and is let in at once the next time", async ({
  skip,
}) => {
  const house = await openTo(skip, ["ann"]);
  const session = await visit(house.browser, `${house.server.origin}/settings/account`);
  const { page } = session;
  await page.getByRole("link", { name: "Sign in with Work" }).waitFor();
  await inLooks(session, "provider-sign-in");
  await page.getByRole("link", { name: "Sign in with Work" }).click();
  await sayWho(page, "ann");
  // Somebody here is called so.
  await page.getByRole("heading", { name: "Nearly there" }).waitFor();
  expect(await page.getByLabel("Handle").inputValue()).toBe("ann");
  await inLooks(session, "provider-welcome");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("This handle is taken").waitFor();
  await page.getByLabel("Handle").fill("ann_works");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("@ann_works").first().waitFor();
  expect(new URL(page.url()).pathname).toBe("/settings/account");
  const again = await session.beside(house.server.origin);
  // A page that has just opened renews its session: what it gets then would come after what is taken away here.
  await again.page.locator(".conversations, .empty-list").first().waitFor({ state: "attached" });
  await again.page.context().clearCookies({ name: "__Host-refresh" });
  await again.page.evaluate("localStorage.clear()");
  await again.page.goto(`${house.server.origin}/sign-in`);
  await again.page.getByRole("link", { name: "Sign in with Work" }).click();
  await again.page.waitForURL(house.server.origin + "/");
  await again.page.locator(".conversations, .empty-list").first().waitFor({ state: "attached" });
});

test("somebody connects a provider in the settings, signs in by it, and disconnects it", async ({ skip }) => {
  const house = await openTo(skip, ["bo"]);
  const session = await house.enter("bo", "/settings/account");
  const { page } = session;
  await page.getByRole("button", { name: "Connect Work", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Password").fill(house.password("bo"));
  await page.keyboard.press("Enter");
  await sayWho(page, "bo-at-work");
  await page.getByText("It is connected").waitFor();
  await page.getByRole("button", { name: "Disconnect Work" }).scrollIntoViewIfNeeded();
  await inLooks(session, "provider-connected");
  const other = await visit(house.browser, house.server.origin);
  await other.page.getByRole("link", { name: "Sign in with Work" }).click();
  await sayWho(other.page, "bo-at-work");
  await other.page.locator(".conversations, .empty-list").first().waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Disconnect Work" }).click();
  await page.getByRole("dialog").getByLabel("Password").fill(house.password("bo"));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Connect Work", exact: true }).waitFor();
});
