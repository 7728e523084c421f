import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { looks, narrow, visit } from "./person.ts";

test("another handle is seen at once in every session of both, the former one is told and leads to the person", async ({
  skip,
}) => {
  const house = await openHouse(skip, ["ann", "bo"]);
  const id = await house.acquaint("ann", "bo", ["hello @bo"]);
  const { origin } = house.server;
  const { host } = new URL(origin);
  const ann = await house.enter("ann", "/settings/account");
  const [annBeside, bo, boBeside] = await Promise.all([
    house.enter("ann", "/settings/account", narrow),
    house.enter("bo", `/c/${id}`),
    house.enter("bo", "/", narrow),
  ]);
  const { page } = ann;
  for (const each of [ann, annBeside]) await each.page.goto(`${origin}/settings/account`);
  await page.getByText("You are @ann.").waitFor();
  await page.getByText("The former one leads to you for 365 more days").waitFor();

  // What cannot be had is said at the field, once it is known who asks.
  await page.getByLabel("New handle").fill("bo");
  await page.getByRole("button", { name: "Change handle" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Password").fill(house.password("ann"));
  await dialog.getByRole("button").last().click();
  await page.getByText("This handle is taken").waitFor();
  await ann.picture("rename-refused");

  await page.getByLabel("New handle").fill("anna");
  await page.getByRole("button", { name: "Change handle" }).click();
  await page.getByText("You are @anna from now on.").waitFor();
  for (const each of [ann, annBeside]) {
    await each.page.getByText("You are @anna.").waitFor();
    await each.page.getByText(`@anna@${host}`).first().waitFor();
    await each.page.getByText("@ann leads to you until").waitFor();
  }
  await bo.page.getByRole("heading", { level: 1, name: "anna" }).waitFor();
  await bo.page.locator(".thread-address", { hasText: `Formerly @ann@${host}` }).waitFor();
  await boBeside.page.locator(".conversation", { hasText: "anna" }).waitFor();
  const details = bo.page.locator(".thread-bar").getByRole("button", { name: "Details" });
  if ((await details.getAttribute("aria-expanded")) === "false") await details.click();
  await bo.page.locator(".card-person", { hasText: `Formerly @ann@${host}` }).waitFor();
  await bo.picture("rename-details");
  expect(await bo.barriers()).toEqual([]);

  // Named by the former name she is meant, and found by it.
  await bo.page.locator(".composer-input").pressSequentially("@ann");
  await bo.page.getByRole("option", { name: "anna" }).waitFor();
  await bo.write("@ann, welcome");
  await bo.page.locator(`.mention[title="@anna@${host}"]`).waitFor();
  const stranger = await visit(house.browser, `${origin}/@ann`);
  expect(new URL(stranger.page.url()).pathname).toBe("/@anna");
  await boBeside.page.goto(`${origin}/new?to=${encodeURIComponent(`@ann@${host}`)}`);
  await boBeside.page.locator("form button[type=submit]").click();
  await boBeside.page.getByRole("heading", { level: 1, name: "anna" }).waitFor();

  expect(await ann.barriers()).toEqual([]);
  for (const [look, { width, height, scheme }] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page.getByRole("heading", { name: "Handle" }).scrollIntoViewIfNeeded();
    await ann.picture(`rename-${look}`);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }
  for (const each of [annBeside, bo, boBeside]) expect(each.complaints).toEqual([]);
}, 180_000);
