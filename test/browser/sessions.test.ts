import { expect, test } from "vitest";
import { poll } from "../helpers/poll.ts";
import { openHouse } from "./house.ts";
import { check, inLooks } from "./looking.ts";
import { narrow, visit } from "./person.ts";

/** How many things a browser keeps of whoever was signed in. */
const kept = `new Promise((resolve, reject) => {
  const opening = indexedDB.open("luciole");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const names = ["outbox", "drafts"];
    const transaction = opening.result.transaction(names);
    const counts = names.map((name) => transaction.objectStore(name).count());
    transaction.oncomplete = () => {
      opening.result.close();
      resolve(counts.reduce((sum, { result }) => sum + result, 0));
    };
  };
})`;

test(
  "a session that is ended elsewhere signs out by itself, and nothing stays in its browser",
  {
    timeout: 180_000,
  },
  async ({ skip }) => {
    const { server, enter, acquaint, password } = await openHouse(skip, ["ann", "bob"]);
    const id = await acquaint("ann", "bob");
    const lost = await enter("ann", `/c/${id}`, narrow);
    const ann = await enter("ann");
    const { page } = ann;
    // Something is under way there that the server has not taken.
    await lost.page.route("**/messages", (route) => route.abort());
    await lost.page.route("**/draft", (route) => route.abort());
    await lost.write("not sent yet");
    await lost.page.locator(".composer-input").fill("half a thought");
    await poll("what is kept", async () => (await lost.page.evaluate<number>(kept)) >= 2);
    await page.goto(`${server.origin}/settings/sessions`);
    // Two browsers, and the key of the test at the command line.
    const rows = page.locator(".own-things > li");
    await poll("three sessions", async () => (await rows.count()) === 3);
    await page.getByText("This one", { exact: true }).waitFor();
    const phone = rows.filter({ hasText: " on Linux" }).nth(1);
    await phone.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("The old phone");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The old phone", { exact: true }).first().waitFor();
    await inLooks(ann, "sessions");
    await page.getByRole("button", { name: "End The old phone" }).click();
    await check("session-end", ann);
    const answered = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
    await answered;
    await lost.page.getByText("Your session has ended").waitFor();
    await poll("two sessions", async () => (await rows.count()) === 2);
    await poll("nothing is kept", async () => (await lost.page.evaluate<number>(kept)) === 0);
    expect(new URL(lost.page.url()).pathname).toBe("/sign-in");
    // Whoever signs in there goes on where they were, and finds nothing of before.
    await lost.page.unrouteAll();
    await lost.signIn("ann", password("ann"));
    await lost.sees("first", "second");
    // The list follows when its reader comes back to it.
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await poll("three sessions", async () => (await rows.count()) === 3);
    await page.getByRole("button", { name: "End all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
    await lost.page.getByText("Your session has ended").waitFor();
    await poll("one session", async () => (await rows.count()) === 1);
  },
);

test(
  "an app is listed with what it may do and is out once removed; who lets one run the server shows who they are",
  { timeout: 180_000 },
  async ({ skip }) => {
    const { server, browser, password } = await openHouse(skip, ["ann"]);
    const { origin } = server;
    const redirect_uri = "urn:ietf:wg:oauth:2.0:oob";
    const scope = "read write:media admin";
    const post = async (path: string, fields: Record<string, string>) =>
      await (await fetch(origin + path, { method: "POST", body: new URLSearchParams(fields) })).json();
    const made = { client_name: "A Small App", redirect_uris: redirect_uri, scopes: scope };
    const client = (await post("/api/v1/apps", { ...made, website: "https://small.example/" })) as {
      client_id: string;
      client_secret: string;
    };
    const { client_id, client_secret } = client;
    const asked = new URLSearchParams({ client_id, redirect_uri, response_type: "code", scope });
    const ann = await visit(browser, `${origin}/oauth/authorize?${asked}`);
    const { page } = ann;
    await page.getByLabel("Handle").fill("ann");
    await page.getByLabel("Password").fill(password("ann"));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: "Let in", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
    await dialog.getByLabel("Password").fill(password("ann"));
    await check("consent-confirm", ann);
    await dialog.getByRole("button", { name: "Confirm" }).click();
    const code = (await page.getByText(/^luc_[\w-]{43}$/).textContent()) ?? "";
    const grant = { client_id, client_secret, grant_type: "authorization_code", redirect_uri, code };
    const { access_token } = (await post("/oauth/token", grant)) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const uses = async () => (await fetch(`${origin}/api/chat/v1/conversations`, { headers })).status;
    expect(await uses()).toBe(200);
    await page.goto(`${origin}/settings/sessions`);
    await page.getByText("A Small App", { exact: true }).first().waitFor();
    await page.getByText("Run this server, as far as you may").waitFor();
    await page.getByText("Use one part of your account: write:media").waitFor();
    await page.getByText("Apps you have let in").scrollIntoViewIfNeeded();
    await inLooks(ann, "apps");
    await page.getByRole("button", { name: "Remove A Small App" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("None. When an app asks").waitFor();
    expect(await uses()).toBe(401);
    expect(ann.complaints.filter((text) => !text.includes("403"))).toEqual([]);
  },
);

test("whoever was led to sign in and makes an account instead goes on where they were going", async ({
  skip,
}) => {
  const { server, browser } = await openHouse(skip, []);
  const { page } = await visit(browser, `${server.origin}/settings/security`);
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Create your account" }).waitFor();
  await page.getByLabel("Handle").fill("ann");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { level: 1, name: "Security" }).waitFor();
});
