import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startMailServer } from "../helpers/mail-server.ts";
import { codeAt, nextCode } from "../helpers/second-factor.ts";
import { openHouse } from "./house.ts";
import { check, inLooks } from "./looking.ts";
import { addAuthenticator, looks, visit } from "./person.ts";

test(
  "the pages of the settings are reached from each other, and back",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { enter } = await openHouse(skip, ["ann"]);
    for (const [name, look] of looks) {
      const ann = await enter("ann", "/settings", look);
      const title = (text: string) => ann.page.getByRole("heading", { level: 1, name: text }).waitFor();
      await title("Settings");
      await ann.page.getByLabel("Status").waitFor();
      await check(`settings-general-${name}`, ann);
      await ann.page.getByRole("link", { name: "Account", exact: true }).click();
      await title("Account");
      await ann.page.locator(".copy-address").waitFor();
      await check(`settings-account-${name}`, ann);
      if (look.width < 768) await ann.page.getByRole("button", { name: "Back" }).click();
      else await ann.page.locator(".settings-nav [aria-current]", { hasText: "Account" }).waitFor();
      await ann.page.getByRole("link", { name: "Privacy", exact: true }).click();
      await title("Privacy");
      await ann.page.getByRole("switch", { name: "Read marks" }).waitFor();
      await ann.page.goBack();
      await title(look.width < 768 ? "Settings" : "Account");
      expect(ann.complaints).toEqual([]);
    }
  },
);

const clock = { now: () => new Date() };

/** Shows once more who ann is, by her password. */
async function confirm(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.waitFor({ state: "detached" });
}

test(
  "an authenticator app is turned on with recovery codes that must be kept, and off",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { server, browser, enter, password } = await openHouse(skip, ["ann"]);
    const ann = await enter("ann");
    const { page } = ann;
    await page.goto(`${server.origin}/settings/security`);
    await page.getByRole("heading", { level: 2, name: "Authenticator app" }).waitFor();
    await inLooks(ann, "security");
    await page.getByRole("button", { name: "Set up" }).click();
    const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
    await dialog.getByLabel("Password").fill("not mine");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await dialog.getByText("This is not your password.").waitFor();
    await inLooks(ann, "confirm");
    await confirm(page, password("ann"));
    await page.getByRole("img", { name: "QR code" }).waitFor();
    const secret = ((await page.locator(".secret").textContent()) ?? "").replaceAll(" ", "");
    await inLooks(ann, "totp");
    await page.getByLabel("Code in the app").fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("This code is wrong").waitFor();
    await page.getByLabel("Code in the app").fill(codeAt(clock, secret));
    await page.getByRole("button", { name: "Turn on" }).click();
    // The codes stay until they are kept.
    const codes = page.getByRole("dialog", { name: "Recovery codes" });
    await codes.waitFor();
    const first = (await page.locator(".recovery-codes li").allTextContents())[0] ?? "";
    expect(first).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    for (const _ of [1, 2]) await page.keyboard.press("Escape");
    await codes.getByText("Keep them first").waitFor();
    await inLooks(ann, "recovery-codes");
    const saved = page.waitForEvent("download");
    await codes.getByRole("button", { name: "Download" }).click();
    expect(await readFile(await (await saved).path(), "utf8")).toContain(first);
    await page.emulateMedia({ media: "print" });
    await ann.picture("recovery-codes-printed");
    await page.emulateMedia({ media: "screen" });
    await codes.getByLabel("I have kept").check();
    await codes.getByRole("button", { name: "Done" }).click();
    await page.getByText("10 codes left").waitFor();
    await inLooks(ann, "security-on");
    // Another browser needs a code now, and one that was kept will do.
    const elsewhere = await visit(browser, server.origin);
    await elsewhere.page.getByLabel("Handle").fill("ann");
    await elsewhere.page.getByLabel("Password").fill(password("ann"));
    await elsewhere.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await elsewhere.page.getByLabel("Code").fill(first);
    await elsewhere.page.getByRole("button", { name: "Continue" }).click();
    await elsewhere.page.getByRole("navigation").first().waitFor();
    // There, what was confirmed here counts for nothing; a code of the app does.
    await elsewhere.page.goto(`${server.origin}/settings/security`);
    await elsewhere.page.getByText("9 codes left").waitFor();
    await elsewhere.page.getByRole("button", { name: "Make new codes" }).click();
    await elsewhere.page.getByRole("button", { name: "Use a code instead" }).click();
    await elsewhere.page.locator('input[name="totp"]').fill(nextCode(clock, secret));
    await elsewhere.page.getByRole("button", { name: "Confirm" }).click();
    await elsewhere.page.getByLabel("I have kept").check();
    await elsewhere.page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("button", { name: "Set up" }).waitFor();
    expect([...ann.complaints, ...elsewhere.complaints].filter((text) => !/40[13]|422/.test(text))).toEqual(
      [],
    );
  },
);

test(
  "a passkey is added, named, confirms its owner, and is removed",
  { timeout: 120_000 },
  async ({ skip }) => {
    const { server, enter, password } = await openHouse(skip, ["ann"]);
    const ann = await enter("ann");
    const { page } = ann;
    await addAuthenticator(page);
    await page.goto(`${server.origin}/settings/security`);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Phone");
    await page.getByRole("button", { name: "Continue" }).click();
    await confirm(page, password("ann"));
    await page.getByLabel("I have kept").check();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Rename Phone" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("My telephone");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".own-thing bdi", { hasText: "My telephone" }).waitFor();
    await inLooks(ann, "passkeys");
    // A page that is loaded anew has forgotten who was shown; the passkey shows it.
    await page.reload();
    await page.getByRole("button", { name: "Remove My telephone" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.locator(".own-thing bdi", { hasText: "My telephone" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a passkey" }).waitFor();
  },
);

test(
  "an address is confirmed by mail and taken away, and another password ends other sessions",
  { timeout: 120_000 },
  async ({ skip }) => {
    const mail = await startMailServer();
    const env = { SMTP_URL: mail.url, MAIL_FROM: "chat@a.example" };
    const { server, enter, password } = await openHouse(skip, ["ann"], env);
    const ann = await enter("ann");
    const elsewhere = await enter("ann");
    const { page } = ann;
    await page.goto(`${server.origin}/settings/security`);
    await page.getByRole("button", { name: "Add an address" }).click();
    await page.getByRole("textbox", { name: "E-mail address" }).fill("ann@mail.example");
    await page.getByRole("button", { name: "Send me a link" }).click();
    await confirm(page, password("ann"));
    await page.getByText("We have written to ann@mail.example").waitFor();
    await check("email-waiting", ann);
    const [letter] = await mail.take(1);
    await page.reload();
    await page.getByText("We have written to ann@mail.example").waitFor();
    const tab = await ann.beside(/https?:\S+/u.exec(letter?.text ?? "")?.[0] ?? "");
    await tab.page.getByText("This address is confirmed as yours.").waitFor();
    await page.bringToFront();
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await page.getByText("ann@mail.example", { exact: true }).waitFor();
    await page.getByText("We have written").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove address" }).click();
    await confirm(page, password("ann"));
    await page.getByRole("button", { name: "Add an address" }).waitFor();

    await page.getByRole("button", { name: "Change password" }).click();
    await page.locator('input[name="password"]').fill("short");
    await page.getByRole("button", { name: "Save password" }).click();
    await page.getByText("too short").waitFor();
    await page.locator('input[name="password"]').fill("quite another password");
    await page.getByRole("button", { name: "Save password" }).click();
    await page.getByText("Your password is changed; you are signed out everywhere else.").waitFor();
    await elsewhere.page.getByText("Your session has ended").waitFor();
    await elsewhere.signIn("ann", "quite another password");
  },
);
