import { expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { looks, narrow, type Visit } from "./person.ts";

const parts = [
  ["/admin", "Run this server"],
  ["/admin/people", "People"],
  ["/admin/requests", "Requests"],
  ["/admin/invites", "Invitation codes"],
  ["/admin/roles", "Roles"],
  ["/admin/networks", "Networks"],
  ["/admin/issuers", "Other sign-ins"],
  ["/admin/servers", "Other servers"],
  ["/admin/settings", "Sign-up"],
  ["/admin/audit", "What was done"],
] as const;

/** A house with an owner, a moderator and others; who waits, and what is decided. */
async function openOffice(skip: (why: string) => void): Promise<House> {
  const house = await openHouse(skip, ["olga", "tom", "mia"], { REGISTRATION: "approval" });
  for (const [handle, role] of [
    ["olga", "owner"],
    ["tom", "moderator"],
  ] as const)
    expect((await house.server.cli(["user", "role", handle, role])).code).toBe(0);
  return house;
}

/** Somebody asks for an account. */
async function askForAccount({ server: { origin } }: House, handle: string, reason: string): Promise<void> {
  const response = await fetch(`${origin}/auth/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ handle, password: "a long enough password", reason }),
  });
  expect(response.status).toBe(202);
}

async function pictures(session: Visit, name: string): Promise<void> {
  const { page } = session;
  for (const [look, { width, height, scheme }] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await session.picture(`${name}-${look}`);
    expect([name, look, await page.evaluate("document.documentElement.scrollWidth <= innerWidth")]).toEqual([
      name,
      look,
      true,
    ]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect([name, colorScheme, await session.barriers()]).toEqual([name, colorScheme, []]);
  }
}

/** What the console complained of, but for what the server said no to: it is asked for, and told. */
function unexpected({ complaints }: Visit): string[] {
  return complaints.filter((text) => !/status of 4\d\d/.test(text));
}

/** Goes to a part within the client. */
async function open({ page }: Visit, path: string, title: string): Promise<void> {
  await page.locator(`.settings-nav a[href="${path}"]`).click();
  await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
}

async function showWhoIAm({ page }: Visit, password: string): Promise<void> {
  const dialog = page.getByRole("dialog").last();
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
}

test(
  "an owner looks after people: gives a role, hands out a way in, ends a session, shuts out and lets in",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    const mia = await house.enter("mia");
    const olga = await house.enter("olga", "/admin/people");
    const { page } = olga;
    const actions = page.getByRole("button", { name: "What to do about @mia" });
    await actions.click();
    await page.getByRole("menuitem", { name: "Give a role" }).click();
    await page.getByRole("radio", { name: "Moderator" }).check();
    await page.getByRole("button", { name: "Give a role" }).click();
    await showWhoIAm(olga, house.password("olga"));
    await page.getByText("@mia: Moderator").waitFor();
    await page.locator(".office-row", { hasText: "@mia" }).getByText("Moderator").waitFor();
    await actions.click();
    await page.getByRole("menuitem", { name: "Make a way in" }).click();
    await page.getByRole("button", { name: "Make a way in" }).click();
    await page.getByText("Copy it now").waitFor();
    expect(await page.locator(".made-link bdi").textContent()).toContain(`${house.server.origin}/reset#`);
    await olga.picture("admin-way-in");
    await page.keyboard.press("Escape");
    await actions.click();
    await page.getByRole("menuitem", { name: "Sessions" }).click();
    await page.getByRole("dialog").getByText("last seen").first().waitFor();
    expect(await olga.barriers()).toEqual([]);
    await olga.picture("admin-sessions");
    await page.keyboard.press("Escape");
    await actions.click();
    await page.getByRole("menuitem", { name: "Shut out" }).click();
    await page.getByText("All their sessions end now").waitFor();
    await page.getByRole("button", { name: "Shut out" }).click();
    // Her open tab is signed out by it.
    await mia.page.getByText("Your session has ended").waitFor();
    await page.getByText("@mia is shut out.").waitFor();
    await pictures(olga, "admin-people");
    await actions.click();
    await page.getByRole("menuitem", { name: "Let in again" }).click();
    await page.getByRole("button", { name: "Let in again" }).click();
    await page.getByText("@mia can sign in again.").waitFor();
    await mia.signIn("mia", house.password("mia"));
    await page.getByRole("searchbox").fill("nobody");
    await page.getByText("Nobody’s handle begins like that.").waitFor();
    expect(unexpected(olga)).toEqual([]);
  },
);

test(
  "an owner sees who waits and lets in or not, hands out codes, and says what a role may do",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    await askForAccount(house, "ann", "I sing with Olga on Tuesdays.");
    await askForAccount(house, "spam", "");
    const olga = await house.enter("olga", "/admin");
    const { page } = olga;
    await page.locator(".tally").first().waitFor();
    await pictures(olga, "admin-overview");
    await open(olga, "/admin/requests", "Requests");
    await page.getByText("I sing with Olga").waitFor();
    await pictures(olga, "admin-requests");
    await page.getByRole("button", { name: "Make account @ann" }).click();
    await page.getByText("@ann can sign in now.").waitFor();
    await page.getByRole("button", { name: "Reject @spam" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
    await page.getByText("Nobody waits for an account.").waitFor();

    await open(olga, "/admin/invites", "Invitation codes");
    await page.getByLabel("For how many accounts").fill("3");
    await page.getByLabel("Note").fill("For the choir");
    await page.getByRole("button", { name: "Make the code" }).click();
    await page.getByText("used 0 of 3").waitFor();
    await pictures(olga, "admin-invites");
    await page.getByRole("button", { name: "Take back For the choir" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await page.getByText("taken back", { exact: true }).waitFor();

    await open(olga, "/admin/roles", "Roles");
    const invites = page.getByRole("switch", { name: "Member: Make invitation codes" });
    expect(await page.getByRole("switch", { name: "Owner: Write messages" }).isDisabled()).toBe(true);
    await invites.click();
    await showWhoIAm(olga, house.password("olga"));
    await page.getByText("Member changed.").waitFor();
    expect(await invites.isChecked()).toBe(true);
    await pictures(olga, "admin-roles");

    expect(unexpected(olga)).toEqual([]);
  },
);

test(
  "an owner decides about networks, servers and sign-up, and reads in the log what was done",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    const olga = await house.enter("olga", "/admin");
    const { page } = olga;
    await open(olga, "/admin/networks", "Networks");
    await page.getByLabel("Network", { exact: true }).fill("127.0.0.0/8");
    await page.getByRole("button", { name: "Decide" }).click();
    await page.getByText("You could not come in again from where you are.").waitFor();
    await page.getByLabel("Network", { exact: true }).fill("192.0.2.0/24");
    await page.getByLabel("Note").fill("floods us");
    await page.getByRole("button", { name: "Decide" }).click();
    await page.getByText("It holds from now on: 192.0.2.0/24.").waitFor();
    await pictures(olga, "admin-networks");
    await page.getByRole("button", { name: "Take back 192.0.2.0/24" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await page.getByText("Nothing is decided about any network").waitFor();

    await open(olga, "/admin/servers", "Other servers");
    await page.getByLabel("Server", { exact: true }).fill("not a host");
    await page.getByRole("button", { name: "Decide" }).click();
    await page.getByText("The name of a server looks like server.example.").waitFor();
    await page.getByLabel("Server", { exact: true }).fill("Loud.example");
    await page.getByRole("button", { name: "Decide" }).click();
    await page.getByText("loud.example: Silence").waitFor();
    await page.getByRole("button", { name: "Change loud.example" }).click();
    await page.getByRole("dialog").getByRole("radio", { name: "Cut off" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("loud.example: Cut off").waitFor();
    await pictures(olga, "admin-servers");

    await open(olga, "/admin/settings", "Sign-up");
    await page.getByRole("radio", { name: "By invitation" }).check();
    await page.getByText("From now on: By invitation.").waitFor();
    await pictures(olga, "admin-settings");
    expect((await house.server.cli(["sign-up", "mode"])).stdout.trim()).toBe("invite");

    await open(olga, "/admin/audit", "What was done");
    await page.getByText(/changed who may sign up: .*By invitation/).waitFor();
    await page.getByText(/decided about a server: .*loud\.example.*Cut off/).waitFor();
    await pictures(olga, "admin-audit");
    await page.getByLabel("Done by or about").fill("nobody-here");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.getByText("Nobody here has this handle.").waitFor();
    await page.getByLabel("Done by or about").fill("@tom");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.getByText(/gave .*@tom.* a role: .*Moderator/).waitFor();
    await page.locator(".office-row", { hasText: "decided about a server" }).waitFor({ state: "detached" });
    expect(unexpected(olga)).toEqual([]);
  },
);

test(
  "an owner adds a sign-in of others, changes it and turns it off",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    const olga = await house.enter("olga", "/admin/issuers");
    const { page } = olga;
    await page.getByText("Everybody signs in with what this server keeps.").waitFor();
    await page.getByRole("button", { name: "Add a sign-in" }).click();
    const dialog = page.getByRole("dialog").first();
    await dialog.getByLabel("Name", { exact: true }).fill("Company");
    await dialog.getByLabel("Short name").fill("No Slug");
    await dialog.getByLabel("Address of the issuer").fill("https://login.example");
    await dialog.getByRole("switch", { name: /People sign in there/ }).click();
    await dialog.getByRole("switch", { name: /Its tokens are taken/ }).click();
    await dialog.getByLabel("Audience (aud)").fill("luciole");
    await olga.picture("admin-issuer-form");
    await dialog.getByRole("button", { name: "Save" }).click();
    await showWhoIAm(olga, house.password("olga"));
    await dialog.getByText("Such an issuer cannot be.").waitFor();
    await dialog.getByLabel("Short name").fill("company");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Company is saved.").waitFor();
    await page.locator(".office-row", { hasText: "https://login.example" }).waitFor();
    await page.getByRole("button", { name: "Turn off Company" }).click();
    await page.getByText("Off for now").waitFor();
    await pictures(olga, "admin-issuers");
    await page.getByRole("button", { name: "Change Company" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill("Firm");
    expect(await olga.barriers()).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Firm is saved.").waitFor();
    await page.getByRole("button", { name: "Remove Firm" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("Everybody signs in with what this server keeps.").waitFor();
  },
);

test(
  "each sees the parts of their role only; whoever has none is told so, on every page",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    const tom = await house.enter("tom", "/settings");
    await tom.page.getByRole("link", { name: "Run this server" }).click();
    await tom.page.getByRole("heading", { level: 1, name: "Run this server" }).waitFor();
    const shown = await tom.page.locator(".settings-nav a").allTextContents();
    expect(shown).toEqual([
      "Overview",
      "People",
      "Requests",
      "Invitation codes",
      "Networks",
      "Other servers",
    ]);
    await tom.page.goto(`${house.server.origin}/admin/roles`);
    await tom.page.getByRole("heading", { name: "Not for your role" }).waitFor();
    expect(await tom.barriers()).toEqual([]);
    await tom.picture("admin-refused");
    await tom.page.goto(`${house.server.origin}/admin/nothing`);
    await tom.page.getByRole("heading", { level: 1 }).waitFor();
    expect(await tom.page.locator(".settings-nav").count()).toBe(0);

    const mia = await house.enter("mia", "/settings");
    await mia.page.locator(".settings-nav a").first().waitFor();
    expect(await mia.page.getByRole("link", { name: "Run this server" }).count()).toBe(0);
    for (const [path] of parts) {
      await mia.page.goto(house.server.origin + path);
      await mia.page.getByRole("heading", { name: "Not for your role" }).waitFor();
    }
  },
);

test(
  "at 360 px an owner goes from part to part and back, and reads every one without scrolling sideways",
  { timeout: 180_000 },
  async ({ skip }) => {
    const house = await openOffice(skip);
    await askForAccount(house, "ann", "I sing with Olga on Tuesdays.");
    const olga = await house.enter("olga", "/admin", narrow);
    const { page } = olga;
    for (const [path, title] of parts.slice(1)) {
      await page.locator(`.settings-nav a[href="${path}"]`).click();
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      await page
        .locator(".settings-page :is(.office-row, .settings-card, .role-table, .office-empty)")
        .first()
        .waitFor();
      expect([path, await olga.barriers()]).toEqual([path, []]);
      expect([path, await page.evaluate("document.documentElement.scrollWidth <= innerWidth")]).toEqual([
        path,
        true,
      ]);
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "Run this server" }).waitFor();
    }
    await page.evaluate(`localStorage.setItem("luciole.language", "ar")`);
    for (const part of ["people", "roles", "audit"]) {
      await page.goto(`${house.server.origin}/admin/${part}`);
      await page.locator(".settings-page :is(.office-row, .role-table)").first().waitFor();
      expect(await page.evaluate("document.documentElement.dir")).toBe("rtl");
      expect([part, await page.evaluate("document.documentElement.scrollWidth <= innerWidth")]).toEqual([
        part,
        true,
      ]);
      await olga.picture(`admin-${part}-arabic`);
    }
    expect(unexpected(olga)).toEqual([]);
  },
);
