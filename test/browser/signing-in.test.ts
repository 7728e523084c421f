import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { SignedIn } from "#protocol/api.ts";
import type { Confirmed, NewTotp, PasskeyChallenge, RecoveryCodes } from "#protocol/sign-in.ts";
import { codeAt, nextCode } from "../helpers/second-factor.ts";
import { type House, openHouse } from "./house.ts";
import { inLooks } from "./looking.ts";
import { addAuthenticator, visit } from "./person.ts";

const clock = { now: () => new Date() };

/** Changes how ann signs in, over the API: it is asked for once more who she is. */
async function secure({ server: { origin }, password }: House) {
  const post = async <Answer>(path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json", origin, ...headers },
      body: JSON.stringify(body),
    });
    expect(response.status, path).toBeLessThan(300);
    return (await response.json()) as Answer;
  };
  const credentials = { handle: "ann", password: password("ann") };
  const { accessToken } = await post<SignedIn>("/auth/sign-in", credentials);
  const bearer = { authorization: `Bearer ${accessToken}` };
  const me = "/api/chat/v1/me";
  const { ticket } = await post<Confirmed>(`${me}/confirm`, { password: credentials.password }, bearer);
  return <Answer>(path: string, body: unknown = {}) =>
    post<Answer>(me + path, body, { ...bearer, confirmation: ticket });
}

async function enter(page: Page, handle: string, password: string): Promise<void> {
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("whoever has an authenticator gives its code after the password, or one that was kept", async ({
  skip,
}) => {
  const house = await openHouse(skip, ["ann"]);
  const change = await secure(house);
  const { secret } = await change<NewTotp>("/totp");
  const { codes } = await change<RecoveryCodes>("/totp/confirm", { code: codeAt(clock, secret) });
  const session = await visit(house.browser, house.server.origin);
  const { page } = session;
  await enter(page, "ann", house.password("ann"));
  await page.getByLabel("Code").fill("000 000");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("This code is wrong").waitFor();
  await inLooks(session, "second-step");
  await page.getByRole("button", { name: "Start again" }).click();
  await enter(page, "ann", house.password("ann"));
  const code = nextCode(clock, secret);
  await page.getByLabel("Code").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("navigation").first().waitFor();
  const elsewhere = await visit(house.browser, house.server.origin);
  await enter(elsewhere.page, "ann", house.password("ann"));
  await elsewhere.page.getByLabel("Code").fill(codes![0]!);
  await elsewhere.page.getByRole("button", { name: "Continue" }).click();
  await elsewhere.page.getByRole("navigation").first().waitFor();
});

test("a passkey signs in by itself, and after a password", async ({ skip }) => {
  const house = await openHouse(skip, ["ann"]);
  const change = await secure(house);
  const session = await visit(house.browser, house.server.origin);
  const { page } = session;
  await page.getByLabel("Handle").waitFor();
  await addAuthenticator(page);
  const { ticket, options } = await change<PasskeyChallenge>("/passkeys/begin");
  const passkey = await page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)});
    return (await navigator.credentials.create({ publicKey })).toJSON();
  })()`);
  await change("/passkeys/finish", { ticket, passkey, name: "This browser" });
  await inLooks(session, "sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("navigation").first().waitFor();
  await page.context().clearCookies();
  await page.evaluate("localStorage.clear()");
  await page.goto(house.server.origin);
  await enter(page, "ann", house.password("ann"));
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("navigation").first().waitFor();
});

test("who comes with an invitation gets an account, and who asks for one is told to wait", async ({
  skip,
}) => {
  const invited = await openHouse(skip, [], { REGISTRATION: "invite" });
  const { stdout } = await invited.server.cli(["sign-up", "code", "create", "--uses", "1"]);
  const code = stdout.trim().split("\n").at(-1) ?? "";
  const session = await visit(invited.browser, `${invited.server.origin}/sign-up`);
  const { page } = session;
  await page.getByLabel("Invitation code").fill("not-a-code");
  await page.getByLabel("Handle").fill("ann");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("alert").waitFor();
  await inLooks(session, "sign-up-invited");
  await page.getByLabel("Invitation code").fill(code);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("navigation").first().waitFor();

  const asked = await openHouse(skip, [], { REGISTRATION: "approval" });
  const other = await visit(asked.browser, `${asked.server.origin}/sign-up`);
  await other.page.getByLabel("Handle").fill("bob");
  await other.page.getByLabel("Password").fill("a long enough password");
  await other.page.getByLabel("Why you would like to join").fill("I know ann.");
  await inLooks(other, "sign-up-asked");
  await other.page.getByRole("button", { name: "Ask for an account" }).click();
  await other.page.getByText("Your wish is with those who run this server").waitFor();
  expect((await asked.server.cli(["sign-up", "requests"])).stdout).toContain("bob");
  expect((await asked.server.cli(["sign-up", "approve", "bob"])).code).toBe(0);
  await other.page.getByRole("link", { name: "Sign in", exact: true }).click();
  await enter(other.page, "bob", "a long enough password");
  await other.page.getByRole("navigation").first().waitFor();
});

test("a link leads to another password, once", async ({ skip }) => {
  const house = await openHouse(skip, ["ann"]);
  const { stdout } = await house.server.cli(["user", "reset-link", "ann"]);
  const link = /https?:\S+/u.exec(stdout)?.[0] ?? "";
  const session = await visit(house.browser, link);
  const { page } = session;
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Save password" }).click();
  await page.getByText("too short").waitFor();
  expect(new URL(page.url()).hash).toBe("");
  await inLooks(session, "new-password");
  await page.getByLabel("Password").fill("quite another password");
  await page.getByRole("button", { name: "Save password" }).click();
  await page.getByText("Your password is changed").waitFor();
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  await enter(page, "ann", "quite another password");
  await page.getByRole("navigation").first().waitFor();
  const again = await visit(house.browser, link);
  await again.page.getByLabel("Password").fill("a third password");
  await again.page.getByRole("button", { name: "Save password" }).click();
  await again.page.getByText("Begin again").waitFor();
});
