import postgres from "postgres";
import { poll } from "../helpers/poll.ts";
import { expect, test } from "vitest";
import { openHouse } from "./house.ts";
import { check } from "./looking.ts";
import { looks, narrow, wide } from "./person.ts";

test("what is read is shown while both share it; whoever stops starts afresh and keeps what they were writing", async ({
  skip,
}) => {
  const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
  const id = await acquaint("ann", "bob");
  const ann = await enter("ann", `/c/${id}`);
  const elsewhere = await enter("ann", `/c/${id}`, narrow);
  const bob = await enter("bob", `/c/${id}`);
  await ann.write("Have you seen this?");
  await bob.sees("Have you seen this?");
  for (const { page } of [ann, elsewhere]) {
    await page.locator('.message .light[data-progress="read"]').last().waitFor();
    await page.locator(".state-words", { hasText: "Read" }).waitFor();
  }
  await check("read", ann);

  // Bob sees the status of Ann, who is there.
  const settings = await ann.beside(`${server.origin}/settings`);
  await settings.page.getByLabel("Status").fill("At the sea 🌊");
  await settings.page.getByRole("button", { name: "Set status" }).click();
  await settings.page.getByText("Shown until").waitFor();
  await bob.page.locator(".thread-address", { hasText: "At the sea" }).waitFor();
  await check("status", bob);

  // Ann keeps her read marks to herself, and so does not see those of others; her draft stays, in every session.
  await elsewhere.page.locator(".composer-input").fill("half a thought");
  await settings.page.getByRole("link", { name: "Privacy" }).click();
  await settings.page.getByRole("switch", { name: "Read marks" }).click();
  for (const { page } of [ann, elsewhere]) {
    await page.locator('.message .light[data-progress="sent"]').last().waitFor();
    expect(await page.locator('.light[data-progress="read"]').count()).toBe(0);
  }
  expect(await elsewhere.page.locator(".composer-input").inputValue()).toBe("half a thought");
  await elsewhere.sees("second", "Have you seen this?");

  // In this one conversation she shares them all the same.
  await ann.page.getByLabel("Read marks").selectOption("on");
  await ann.page.locator('.message .light[data-progress="read"]').last().waitFor();
  await check("sharing", ann);

  // Invisible: gone for Bob, who stays seen.
  await settings.page.getByRole("switch", { name: "Invisible" }).click();
  await bob.page.locator(".presence-word").waitFor({ state: "detached" });
  await ann.page.locator(".presence-word").waitFor();
  expect([...ann.complaints, ...elsewhere.complaints, ...bob.complaints]).toEqual([]);
}, 180_000);

test("the settings of privacy are usable by everybody, and the keys are enough", async ({ skip }) => {
  const { server, enter } = await openHouse(skip, ["ann"]);
  let was = false;
  for (const [name, look] of looks) {
    const ann = await enter("ann", "/", look);
    await ann.page.goto(`${server.origin}/settings/privacy`);
    const invisible = ann.page.getByRole("switch", { name: "Invisible" });
    const is = async (wanted: boolean): Promise<boolean> =>
      (await invisible.isEnabled()) && (await invisible.isChecked()) === wanted;
    await poll("what was chosen before", () => is(was));
    await invisible.focus();
    await ann.page.keyboard.press("Space");
    was = !was;
    await poll("what is chosen now", () => is(was));
    await ann.page.getByRole("heading", { name: "What others learn" }).scrollIntoViewIfNeeded();
    await check(`privacy-${name}`, ann);
    expect(ann.complaints).toEqual([]);
  }
}, 180_000);

test("people with another name, elsewhere or gone are shown as what they are", async ({ skip }) => {
  const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob", "cy", "dan"]);
  const moved = await acquaint("ann", "bob");
  const deleted = await acquaint("ann", "cy");
  await acquaint("ann", "dan");
  const sql = postgres(server.databaseUrl ?? "", { max: 1 });
  await sql`
    update person set former_handle = 'robert', renamed_at = now(),
      moved_to = (select id from person where handle = 'dan') where handle = 'bob'`;
  await sql`update person set state = 'deleted', name = '' where handle = 'cy'`;
  await sql.end();
  for (const [name, look] of [
    ["wide", wide],
    ["narrow", narrow],
  ] as const) {
    const ann = await enter("ann", `/c/${moved}`, look);
    await ann.page
      .getByText(/formerly @robert@/i)
      .first()
      .waitFor();
    await ann.page.getByText(/bob has moved to @dan@/).waitFor();
    await check(`moved-${name}`, ann);
    await ann.page.getByRole("button", { name: "Write there" }).click();
    await ann.page.getByRole("heading", { level: 1, name: "dan" }).waitFor();
    await ann.page.goto(`${server.origin}/c/${deleted}`);
    await ann.page.getByText("This account was deleted.").waitFor();
    expect(await ann.page.locator(".composer-input").count()).toBe(0);
    await check(`deleted-${name}`, ann);
    expect(ann.complaints).toEqual([]);
  }
}, 120_000);

test.for(["de", "fr", "es", "ja", "ar"])(
  "in the language %s everything about people fits a small screen",
  { timeout: 120_000 },
  async (language, { skip }) => {
    const { server, enter, acquaint } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob");
    const ann = await enter("ann", "/", narrow);
    await ann.page.evaluate(`localStorage.setItem("luciole.language", "${language}")`);
    await ann.page.goto(`${server.origin}/settings/privacy`);
    await ann.page.getByRole("switch").first().waitFor();
    expect(await ann.page.evaluate("document.dir")).toBe(language === "ar" ? "rtl" : "ltr");
    await ann.page.getByRole("switch").last().scrollIntoViewIfNeeded();
    await check(`privacy-${language}`, ann);
    await ann.page.goto(`${server.origin}/c/${id}`);
    await ann.sees("first", "second");
    await ann.page.locator(".thread-bar .icon-button").last().click();
    await ann.page.locator(".person-buttons button").last().click();
    await ann.page.getByRole("dialog").waitFor();
    await check(`block-${language}`, ann);
    await ann.page.locator(".dialog .button.danger").click();
    await ann.page.locator(".details .icon-button").first().click();
    await ann.page.locator(".request-bar .button").waitFor();
    await check(`blocked-${language}`, ann);
    expect(ann.complaints).toEqual([]);
  },
);
