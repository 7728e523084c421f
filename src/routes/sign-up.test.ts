import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { changeServerSettings } from "#domain/server-settings.ts";
import { approveSignUp, findSignUpRequest } from "#domain/sign-up/requests.ts";
import { createToken } from "#domain/tokens.ts";
import type { Confirmed } from "#protocol/sign-in.ts";
import type { Email } from "#protocol/sign-up.ts";
import { startApp, type TestApp } from "../../test/helpers/app.ts";
import { startMailServer } from "../../test/helpers/mail-server.ts";

const base = "/api/chat/v1";
const password = "firefly-night";
const fresh = "firefly-dawn-2";
const email = "ann@mail.example";

async function appWithMail() {
  const mail = await startMailServer();
  const app = await startApp({ mail });
  const auth = (path: string, json: object, headers: Record<string, string> = {}) =>
    app.request(`/auth${path}`, { json, headers: { origin: app.origin, ...headers } });
  return { app, mail, auth };
}

/** What stands behind `#` of the link in a letter. */
function ticketIn({ origin }: TestApp, page: string, text = ""): string {
  const [before, after = ""] = text.split(`${origin}/${page}#`);
  expect(before).not.toBe(text);
  return /^[\w-]+/.exec(after)?.[0] ?? "";
}

test("an address counts once it is confirmed by mail; then a forgotten password is replaced by it", async () => {
  const { app, mail, auth } = await appWithMail();
  expect((await auth("/sign-up", { handle: "ann", password, email })).status).toBe(201);
  const { token } = await createToken(app.ctx, { handle: "ann", name: "test" });
  const mine = () => app.request(`${base}/me/email`, { token });
  const [question] = await mail.take(1);
  expect((await mine()).json).toEqual({ email: null, waiting: email, mails: true });
  expect(question).toMatchObject({ to: [email], from: "chat@a.example" });
  expect(question?.head).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  const ticket = ticketIn(app, "confirm-email", question?.text);
  expect((await auth("/email/confirm", { ticket })).status).toBe(204);
  expect((await auth("/email/confirm", { ticket })).json).toMatchObject({ error: "ticket_invalid" });
  expect((await mine()).json).toEqual({ email, waiting: null, mails: true });
  const asked = await auth(
    "/reset",
    { email: "ANN@mail.example" },
    { "accept-language": "xx, de-CH;q=0.8, en;q=0.5" },
  );
  expect([asked.status, asked.json]).toEqual([202, { state: "mailed" }]);
  const [, letter] = await mail.take(2);
  expect(letter?.to).toEqual([email]);
  expect(letter?.text).toContain("Passwort");
  const reset = ticketIn(app, "reset", letter?.text);
  expect((await auth("/reset/finish", { ticket: reset, password: "short" })).status).toBe(422);
  expect((await auth("/reset/finish", { ticket: reset, password: fresh })).status).toBe(204);
  expect((await mine()).status).toBe(401);
  expect((await auth("/sign-in", { handle: "ann", password })).status).toBe(401);
  expect((await auth("/sign-in", { handle: "ann", password: fresh })).status).toBe(200);
});

/** Shows once more who somebody is, by a password. */
async function shown(app: TestApp, token: string, known = password) {
  const { status, json } = await app.request(`${base}/me/confirm`, { token, json: { password: known } });
  return { status, json, headers: { confirmation: (json as Partial<Confirmed>).ticket ?? "" } };
}

test("an address is changed by who shows who they are, and belongs to whoever confirms it first", async () => {
  const { app, mail, auth } = await appWithMail();
  const tokens = await Promise.all(
    ["ann", "bo"].map(async (handle) => {
      await createAccount(app.ctx, { handle, password, role: "member" });
      return (await createToken(app.ctx, { handle, name: "test" })).token;
    }),
  );
  const put = async (token: string, json: object) =>
    await app.request(`${base}/me/email`, {
      ...{ method: "PUT", json, token },
      headers: (await shown(app, token)).headers,
    });
  const bare = await app.request(`${base}/me/email`, { method: "PUT", json: { email }, token: tokens[0]! });
  expect([bare.status, bare.json]).toMatchObject([403, { error: "confirm_first" }]);
  for (const token of tokens) expect((await put(token, { email })).status).toBe(202);
  const letters = await mail.take(2);
  const [first, second] = letters.map(({ text }) => ticketIn(app, "confirm-email", text));
  expect((await auth("/email/confirm", { ticket: first })).status).toBe(204);
  expect((await auth("/email/confirm", { ticket: second })).json).toMatchObject({ error: "email_taken" });
  const owners = await Promise.all(tokens.map((token) => app.request(`${base}/me/email`, { token })));
  const owner = tokens[owners.findIndex(({ json }) => (json as Email).email === email)] ?? "";
  expect((await put(owner, { email: null })).status).toBe(204);
  const none = { email: null, waiting: null, mails: true };
  expect((await app.request(`${base}/me/email`, { token: owner })).json).toEqual(none);
});

test("a link to an address that is not wanted any more leads nowhere", async () => {
  const { app, mail, auth } = await appWithMail();
  await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  const { token } = await createToken(app.ctx, { handle: "ann", name: "test" });
  const { headers } = await shown(app, token);
  const want = (wanted: string | null) =>
    app.request(`${base}/me/email`, { method: "PUT", json: { email: wanted }, token, headers });
  await want(email);
  const [former] = await mail.take(1);
  await want("ann@other.example");
  const [, latter] = await mail.take(2);
  const mine = async () => (await app.request(`${base}/me/email`, { token })).json;
  expect(await mine()).toMatchObject({ email: null, waiting: "ann@other.example" });
  const old = { ticket: ticketIn(app, "confirm-email", former?.text) };
  expect((await auth("/email/confirm", old)).json).toMatchObject({ error: "ticket_invalid" });
  await want(null);
  expect(await mine()).toMatchObject({ email: null, waiting: null });
  const late = { ticket: ticketIn(app, "confirm-email", latter?.text) };
  expect((await auth("/email/confirm", late)).json).toMatchObject({ error: "ticket_invalid" });
});

test("another password is chosen by who knows the former one; other sessions and their sockets end", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  const here = (await createToken(app.ctx, { handle: "ann", name: "here" })).token;
  const there = (await createToken(app.ctx, { handle: "ann", name: "there" })).token;
  const socket = await app.socket(there);
  const put = (headers: Record<string, string>) =>
    app.request(`${base}/me/password`, { method: "PUT", json: { password: fresh }, token: here, headers });
  const wrong = await shown(app, here, "firefly-day");
  expect([wrong.status, wrong.json]).toMatchObject([
    403,
    { error: "current_password_wrong", field: "password" },
  ]);
  expect((await put({})).json).toMatchObject({ error: "confirm_first" });
  // Who showed it elsewhere has not shown it here.
  expect((await put((await shown(app, there)).headers)).json).toMatchObject({ error: "confirm_first" });
  const { headers } = await shown(app, here);
  expect((await put(headers)).status).toBe(204);
  expect(await socket.closed()).toBe(4401);
  expect((await app.request(`${base}/me`, { token: there })).status).toBe(401);
  expect((await app.request(`${base}/me`, { token: here })).status).toBe(200);
  expect((await put(headers)).json).toMatchObject({ error: "confirm_first" });
});

test("a process that only serves leaves letters to another one, even if it is the first there ever was", async () => {
  const mail = await startMailServer();
  const app = await startApp({ mail, role: "web" });
  const json = { handle: "ann", password, email };
  const { status } = await app.request("/auth/sign-up", { json, headers: { origin: app.origin } });
  expect(status).toBe(201);
  await startApp({ mail, role: "worker", beside: app });
  expect((await mail.take(1))[0]?.text).toContain(`${app.origin}/confirm-email#`);
});

test("whoever waited for an account is told in the language in which they asked", async () => {
  const { app, mail, auth } = await appWithMail();
  await changeServerSettings(app.ctx, { by: null, change: { registration: "approval" } });
  const wish = { handle: "ann", password, email };
  expect((await auth("/sign-up", wish, { "accept-language": "fr-CH" })).status).toBe(202);
  const { id } = await findSignUpRequest(app.ctx, "ann");
  await approveSignUp(app.ctx, { by: null, id });
  const [letter] = await mail.take(1);
  expect(letter?.text).toContain("maintenant se connecter");
  expect(letter?.text).toContain(`${app.origin}/confirm-email#`);
});

test("a server that sends no mail says so, to everybody alike", async () => {
  const app = await startApp();
  await app.person("ann");
  for (const json of [{ handle: "ann" }, { handle: "bo" }, { email }]) {
    const { status, json: answer } = await app.request("/auth/reset", {
      json,
      headers: { origin: app.origin },
    });
    expect([status, answer]).toMatchObject([422, { error: "mail_off" }]);
  }
});
