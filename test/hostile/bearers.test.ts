import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { makeIpRule } from "#domain/ip-rules.ts";
import { givePassword } from "#domain/sign-up/password.ts";
import { giveRole } from "#domain/people-rules.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Me } from "#protocol/api.ts";
import type { Confirmed } from "#protocol/sign-in.ts";
import { startApp, type TestApp } from "../helpers/app.ts";
import { startIssuers, trust } from "../helpers/issuer.ts";
import { providerScene, signInBy } from "../helpers/provider-scene.ts";
import { givePasskey, giveTotp, password } from "../helpers/second-factor.ts";
import { signInAs } from "../helpers/sign-in.ts";
import { stateHash } from "../helpers/state-hash.ts";

const base = "/api/chat/v1";

/** A server that takes the tokens of one issuer. */
async function scene() {
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer] });
  const issuer = await issuers.add("intranet");
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  return { app, issuer };
}

const me = async (app: TestApp, token: string) => (await app.request(`${base}/me`, { token })).json as Me;

test("a token that is brought here first is no proof of having signed in lately: it sets no password and makes no link", async () => {
  const { app, issuer } = await scene();
  const { person } = await me(app, await issuer.sign({ preferred_username: "ann", sid: "old" }));
  await giveRole(app.ctx, { by: null, personId: person.id as PersonId, role: "admin" });
  const vic = await createAccount(app.ctx, { handle: "vic", password, role: "member" });
  const token = await issuer.sign({ sid: "never seen before" });
  expect((await me(app, token)).person.id).toBe(person.id);
  const before = await stateHash(app.databaseUrl);
  expect((await app.request(`${base}/me/confirm`, { token })).json).toEqual({ ways: [] });
  const shown = { token, json: { signedInLately: true } };
  const confirm = await app.request(`${base}/me/confirm`, shown);
  expect([confirm.status, confirm.json]).toMatchObject([403, { error: "confirm_first" }]);
  const deeds: [string, string, object?][] = [
    ["PUT", "/me/password", { password: "attackers-own" }],
    ["POST", "/me/totp"],
    ["POST", "/me/passkeys/begin"],
    ["POST", `/admin/people/${vic.id}/reset-link`],
  ];
  for (const [method, path, json] of deeds) {
    const answer = await app.request(`${base}${path}`, { method, token, ...(json && { json }) });
    expect([path, answer.status, answer.json]).toMatchObject([path, 403, { error: "confirm_first" }]);
  }
  expect(await stateHash(app.databaseUrl)).toBe(before);
});

test("whoever comes by a token confirms by what their own account has", async () => {
  const { app, issuer } = await scene();
  const token = await issuer.sign({ sid: "phone" });
  const personId = (await me(app, token)).person.id as PersonId;
  await givePassword(app.ctx, { personId, password });
  const again = await issuer.sign({ sid: "laptop" });
  expect((await app.request(`${base}/me/confirm`, { token: again })).json).toEqual({ ways: ["password"] });
  const wrong = await app.request(`${base}/me/confirm`, { token: again, json: { signedInLately: true } });
  expect(wrong.json).toMatchObject({ error: "confirm_first" });
  const { json } = await app.request(`${base}/me/confirm`, { token: again, json: { password } });
  const headers = { confirmation: (json as Confirmed).ticket };
  expect((await app.request(`${base}/me/totp`, { method: "POST", token: again, headers })).status).toBe(201);
});

test.each([
  ["an authenticator", giveTotp],
  ["a passkey", givePasskey],
])("CL-16 %s ends what tokens of issuers opened, with its sockets, and nobody else's", async (_, give) => {
  const { app, issuer } = await scene();
  const [phone, other] = [await issuer.sign({ sid: "phone" }), await issuer.sign({ sub: "bo" })];
  const personId = (await me(app, phone)).person.id as PersonId;
  const [theirs, others] = await Promise.all([app.socket(phone), app.socket(other)]);
  await Promise.all([theirs, others].map((socket) => socket.next(({ type }) => type === "hello")));
  await give(app.ctx, personId);
  expect(await theirs.closed()).toBe(4401);
  const refused = await app.request(`${base}/me`, { token: phone });
  expect([refused.status, refused.json]).toMatchObject([403, { error: "factor_demanded" }]);
  expect(others.raw.readyState).toBe(others.raw.OPEN);
  others.raw.close();
});

const fromLoopback = ["127.0.0.0/8", "::1"];
const keepOut = async (app: TestApp) => {
  for (const network of fromLoopback) {
    const rule = { network, verdict: "deny", doors: ["sign-up"], note: "", expiresAt: null } as const;
    await makeIpRule(app.ctx, { by: null, ...rule, doors: [...rule.doors] });
  }
};

test("CL-25 who is kept out of signing up gets no account by a token or a provider either; who has one comes in", async () => {
  const issuers = await startIssuers();
  const { app, providers } = await providerScene(["one"], {}, [issuers.peer]);
  const issuer = await issuers.add("intranet");
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const journey = { slug: "one", provider: providers[0]!, login: "ann" };
  const known = await issuer.sign({ sub: "known" });
  expect((await app.request(`${base}/me`, { token: known })).status).toBe(200);
  expect((await signInBy(app, journey)).location).toBe("/signed-in");
  await keepOut(app);
  const before = await stateHash(app.databaseUrl);
  const refused = await app.request(`${base}/me`, { token: await issuer.sign({ sub: "new" }) });
  expect([refused.status, refused.json]).toMatchObject([403, { error: "address_refused" }]);
  expect(await stateHash(app.databaseUrl)).toBe(before);
  const other = await signInBy(app, { ...journey, login: "bo" });
  expect(other.location).toBe("/sign-in?problem=address_refused");
  expect((await app.request(`${base}/me`, { token: known })).status).toBe(200);
  expect((await signInBy(app, journey)).location).toBe("/signed-in");
});

test("accounts that tokens and providers make are counted as those that sign up, and nobody else is kept waiting", async () => {
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer], limits: { signUp: 2 } });
  const issuer = await issuers.add("intranet");
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const come = async (sub: string) =>
    await app.request(`${base}/me`, { token: await issuer.sign({ sub, jti: crypto.randomUUID() }) });
  expect([(await come("ann")).status, (await come("bo")).status]).toEqual([200, 200]);
  const third = await come("cy");
  expect([third.status, third.json]).toMatchObject([429, { error: "too_many" }]);
  expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await come("ann")).status).toBe(200);
  const json = { handle: "dan", password };
  expect((await app.request("/auth/sign-up", { json, headers: { origin: app.origin } })).status).toBe(429);
});

test("an issuer of tokens is linked to an account by whoever shows once more who they are, and by a token that holds and is nobody's", async () => {
  const { app, issuer } = await scene();
  await app.connection.sql`update issuer set makes_accounts = false`;
  const { id } = await createAccount(app.ctx, { handle: "ann", password, role: "member" });
  const other = await createAccount(app.ctx, { handle: "bo", password, role: "member" });
  const [own, others] = [await signInAs(app.ctx, { id }), await signInAs(app.ctx, other)];
  const token = await issuer.sign({ sub: "ann" });
  const link = async (by: { access: string }, json: object, isConfirmed = true) => {
    const { json: shown } = await app.request(`${base}/me/confirm`, { token: by.access, json: { password } });
    const headers = isConfirmed ? { confirmation: (shown as Confirmed).ticket } : {};
    const answer = await app.request(`${base}/me/identities`, { token: by.access, json, headers });
    return [answer.status, (answer.json as { error?: string } | undefined)?.error];
  };
  expect((await app.request(`${base}/me`, { token })).status).toBe(403);
  expect(await link(own, { token }, false)).toEqual([403, "confirm_first"]);
  const expired = await issuer.sign({ sub: "ann", exp: Math.floor(Date.now() / 1000) - 60 });
  for (const wrong of [expired, `${token}x`, "a.b.c", "none"])
    expect(await link(own, { token: wrong })).toEqual([403, "provider_failed"]);
  expect((await link(own, { token }))[0]).toBe(204);
  expect((await me(app, await issuer.sign({ sub: "ann", jti: "2" }))).person.id).toBe(id);
  expect(await link(others, { token })).toEqual([409, "identity_taken"]);
  expect(await link(own, { token: await issuer.sign({ sub: "cy" }) })).toEqual([409, "identity_exists"]);
});
