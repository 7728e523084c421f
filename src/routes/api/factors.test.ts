import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import type { SignedIn } from "#protocol/api.ts";
import type {
  Confirmed,
  NewTotp,
  PasskeyAdded,
  PasskeyChallenge,
  RecoveryCodes,
  SecondStep,
} from "#protocol/sign-in.ts";
import { startApp, type RequestOptions, type TestApp } from "../../../test/helpers/app.ts";
import { Authenticator } from "../../../test/helpers/authenticator.ts";
import { codeAt, password } from "../../../test/helpers/second-factor.ts";

const me = "/api/chat/v1/me";

/** Somebody with an account, signed in, who asks as a browser does. */
async function ann(app: TestApp) {
  await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  const auth = (path: string, json: unknown) =>
    app.request(`/auth${path}`, { json, headers: { origin: app.origin } });
  const enter = async () => await auth("/sign-in", { handle: "ann", password });
  const { accessToken: token } = (await enter()).json as SignedIn;
  const ask = async (path: string, options: RequestOptions = {}) =>
    await app.request(me + path, { token, ...options });
  const confirm = async (json: unknown) => {
    const { ticket } = (await ask("/confirm", { json })).json as Confirmed;
    return { confirmation: ticket };
  };
  return { auth, enter, ask, confirm, token };
}

test("an authenticator is set up, asked for at the next sign-in, and taken away", async () => {
  const app = await startApp();
  const { auth, enter, ask, confirm } = await ann(app);
  expect((await ask("/confirm")).json).toEqual({ ways: ["password"] });
  const headers = await confirm({ password });
  const begun = await ask("/totp", { method: "POST", headers });
  expect(begun.status).toBe(201);
  const { secret } = begun.json as NewTotp;
  const done = await ask("/totp/confirm", { json: { code: codeAt(app.ctx, secret) }, headers });
  const { codes } = done.json as RecoveryCodes;
  expect((await ask("/totp")).json).toEqual({ active: true, codesLeft: 10 });
  expect((await ask("/confirm")).json).toEqual({ ways: ["password", "totp"] });
  const asked = await enter();
  expect([asked.status, asked.json]).toMatchObject([202, { factors: ["totp", "recovery"] }]);
  const { ticket } = asked.json as SecondStep;
  const wrong = await auth("/sign-in/second", { ticket, totp: "12345" });
  expect([wrong.status, wrong.json]).toMatchObject([422, { error: "wrong_code", field: "totp" }]);
  const entered = await auth("/sign-in/second", { ticket, recovery: codes![0] });
  expect([entered.status, entered.json]).toMatchObject([200, { person: { handle: "ann" } }]);
  expect(entered.headers.get("set-cookie")).toMatch(/^__Host-refresh=luc_/);
  const made = await ask("/recovery-codes", { method: "POST", headers });
  expect((made.json as RecoveryCodes).codes).toHaveLength(10);
  expect((await ask("/totp", { method: "DELETE", headers })).status).toBe(204);
  expect((await enter()).status).toBe(200);
});

test("a passkey is made, signs in by itself, confirms its owner, and is taken away", async () => {
  const app = await startApp();
  const { auth, ask, confirm } = await ann(app);
  const key = new Authenticator(app.origin);
  const headers = await confirm({ password });
  const begun = (await ask("/passkeys/begin", { method: "POST", headers })).json as PasskeyChallenge;
  const options = begun.options as unknown as Parameters<Authenticator["create"]>[0];
  const json = { ticket: begun.ticket, passkey: key.create(options), name: "Phone" };
  const added = await ask("/passkeys/finish", { json, headers });
  expect([added.status, added.json]).toMatchObject([201, { passkey: { name: "Phone", usedAt: null } }]);
  expect((added.json as PasskeyAdded).codes).toHaveLength(10);
  const asked = (await auth("/passkey/begin", {})).json as PasskeyChallenge;
  const answer = key.get(asked.options as unknown as { challenge: string });
  const entered = await auth("/passkey/finish", { ticket: asked.ticket, passkey: answer });
  expect([entered.status, entered.json]).toMatchObject([200, { person: { handle: "ann" } }]);
  const again = (await ask("/confirm/begin", { method: "POST" })).json as PasskeyChallenge;
  const shown = key.get(again.options as unknown as { challenge: string });
  const by = await confirm({ passkey: { ticket: again.ticket, answer: shown } });
  expect((await ask("/passkeys")).json).toMatchObject({ passkeys: [{ name: "Phone" }] });
  expect((await ask(`/passkeys/${key.id}`, { method: "DELETE", headers: by })).status).toBe(204);
  expect((await ask("/passkeys")).json).toEqual({ passkeys: [] });
});

test("CL-16 no factor is changed by whoever has only a token: not unasked, not by another session's ticket or one that is none", async () => {
  const app = await startApp();
  const { ask, confirm, enter } = await ann(app);
  const headers = await confirm({ password });
  const { accessToken: token } = (await enter()).json as SignedIn;
  const changes: [string, string][] = [
    ["POST", "/totp"],
    ["POST", "/totp/confirm"],
    ["DELETE", "/totp"],
    ["POST", "/recovery-codes"],
    ["POST", "/passkeys/begin"],
    ["POST", "/passkeys/finish"],
    ["DELETE", "/passkeys/x"],
  ];
  for (const [method, path] of changes) {
    for (const options of [{}, { headers: { confirmation: "x" } }, { headers, token }]) {
      const { status, json } = await ask(path, { method, ...options });
      expect([path, status, json]).toMatchObject([path, 403, { error: "confirm_first" }]);
    }
  }
  expect((await ask("/totp")).json).toEqual({ active: false, codesLeft: 0 });
});

test("whoever has nothing to show but a provider's word confirms with a session that has just begun", async () => {
  const app = await startApp();
  const { ask } = await ann(app);
  const lately = async () => await ask("/confirm", { json: { signedInLately: true } });
  expect((await lately()).json).toMatchObject({ error: "confirm_first" });
  await app.connection.sql`update account set password_hash = null`;
  expect((await lately()).status).toBe(200);
  await app.connection.sql`update session set created_at = created_at - interval '6 minutes'`;
  expect((await lately()).json).toMatchObject({ error: "confirm_first" });
});

test("guesses of a password by a token are counted", async () => {
  const app = await startApp();
  const { ask } = await ann(app);
  const guess = async () => await ask("/confirm", { json: { password: "x" } });
  for (let i = 0; i < 10; i += 1)
    expect((await guess()).json).toMatchObject({ error: "current_password_wrong" });
  const { status, json, headers } = await guess();
  expect([status, json]).toMatchObject([429, { error: "too_many" }]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
});
