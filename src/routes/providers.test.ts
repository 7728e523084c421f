import { expect, test } from "vitest";
import { suspendPerson } from "#domain/people-rules.ts";
import { createAccount } from "#domain/accounts.ts";
import { openTicket } from "#domain/tickets.ts";
import { authenticate } from "#domain/tokens.ts";
import { changeIssuer, listIssuers } from "#domain/issuers/issuers.ts";
import type { PersonId } from "#lib/ids.ts";
import type { ServerInfo, SignedIn } from "#protocol/api.ts";
import type { IdentityList, ProviderJourney } from "#protocol/issuers.ts";
import type { TestApp } from "../../test/helpers/app.ts";
import type { TestProvider } from "../../test/helpers/oidc-provider.ts";
import { goThere, open, providerScene, refresh, signInBy } from "../../test/helpers/provider-scene.ts";
import { giveTotp } from "../../test/helpers/second-factor.ts";

const base = "/api/chat/v1";
const ann = { preferred_username: "ann", name: "Ann Archer" };

/** Somebody who is signed in by a password, and what a request of theirs carries once they have shown it again. */
async function member(app: TestApp, handle: string) {
  const password = "firefly-night";
  await createAccount(app.ctx, { handle, password, role: "member" });
  const answer = await app.request("/auth/sign-in", {
    json: { handle, password },
    headers: { origin: app.origin },
  });
  const { accessToken: token, person } = answer.json as SignedIn;
  const personId = person.id as PersonId;
  const { sessionId } = await authenticate(app.ctx, token);
  const opened = { purpose: "confirmation", seconds: 300, personId, data: { sessionId } } as const;
  return { token, personId, confirmation: await openTicket(app.ctx, app.ctx.db, opened) };
}

/** Links a provider's name for somebody to an account, up to the ticket that finishes it. */
async function beginLink(
  app: TestApp,
  { provider, login, ...who }: { token: string; confirmation: string; provider: TestProvider; login: string },
): Promise<{ ticket: string; cookie: string }> {
  const { token, confirmation } = who;
  const begun = await app.request(`${base}/me/identities/idp/begin`, {
    method: "POST",
    token,
    headers: { confirmation },
  });
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const back = new URL(await provider.visit((begun.json as ProviderJourney).url, login));
  const { location } = await open(app, back.pathname + back.search, cookie);
  expect(location).toMatch(/^\/settings\/account#link=[\w-]{43}$/);
  return { ticket: location.split("=")[1]!, cookie };
}

const finishLink = (app: TestApp, token: string, { ticket, cookie }: { ticket: string; cookie: string }) =>
  app.request(`${base}/me/identities/finish`, { token, json: { ticket }, headers: { cookie } });

test("whoever a provider names for the first time gets an account under the handle it suggests, and the same one next time", async () => {
  const { app, providers } = await providerScene(["idp"]);
  const provider = providers[0]!;
  provider.people.set("ann", ann);
  const { json } = await app.request(`${base}/server`);
  expect((json as ServerInfo).providers).toEqual([{ slug: "idp", name: "idp" }]);
  const arrived = await signInBy(app, { slug: "idp", provider, login: "ann", next: "/c/1?m=2" });
  expect(arrived.location).toBe("/signed-in?next=%2Fc%2F1%3Fm%3D2");
  for (const page of ["/signed-in", "/welcome", "/sign-in"])
    expect((await app.request(page)).status).toBe(200);
  const first = (await refresh(app, arrived)).json as SignedIn;
  expect(first.person).toMatchObject({ handle: "ann", name: "Ann Archer" });
  provider.people.set("ann", { ...ann, preferred_username: "ann_married" });
  const again = await signInBy(app, { slug: "idp", provider, login: "ann" });
  expect(((await refresh(app, again)).json as SignedIn).person).toMatchObject({
    id: first.person.id,
    handle: "ann",
  });
  const lines = arrived.answer.headers.getSetCookie().join("\n");
  expect(lines).toMatch(/^__Host-refresh=.*SameSite=Strict/m);
  const begun = await open(app, "/auth/providers/idp");
  expect(begun.answer.headers.getSetCookie()[0]!.split("; ").slice(1).toSorted()).toEqual([
    "HttpOnly",
    "Max-Age=600",
    "Path=/",
    "SameSite=Lax",
    "Secure",
  ]);
  expect(Object.fromEntries(new URL(begun.location).searchParams)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    nonce: expect.stringMatching(/.{20}/),
  });
});

test("whoever has a handle suggested that somebody has, or none, is asked for one, and gets the account with it", async () => {
  const { app, providers } = await providerScene(["idp"]);
  const provider = providers[0]!;
  await app.person("ann");
  provider.people.set("ann", ann);
  const { location, cookie } = await signInBy(app, { slug: "idp", provider, login: "ann", next: "/x" });
  expect(location).toMatch(/^\/welcome\?next=%2Fx#[\w-]{43}$/);
  const ticket = location.split("#")[1]!;
  const post = (path: string, json: object, kept = cookie) =>
    app.request(`/auth/providers/${path}`, { json, headers: { origin: app.origin, cookie: kept } });
  expect((await post("look", { ticket })).json).toEqual({ provider: "idp", handle: "ann" });
  expect((await post("look", { ticket }, "")).status).toBe(422);
  for (const handle of ["ann", "admin", "a b"]) {
    expect((await post("finish", { ticket, handle })).json).toMatchObject({ field: "handle" });
  }
  const done = await post("finish", { ticket, handle: "ann_archer" });
  expect([done.status, (done.json as SignedIn).person.handle]).toEqual([201, "ann_archer"]);
  expect((await post("finish", { ticket, handle: "ann_again" })).status).toBe(422);
  expect((await signInBy(app, { slug: "idp", provider, login: "ann" })).location).toBe("/signed-in");
});

test("who cannot be let in reads why on the page for signing in: no account, suspended, unknown provider, one that is away", async () => {
  const { app, providers } = await providerScene(["idp"], { makesAccounts: false });
  const provider = providers[0]!;
  const journey = { slug: "idp", provider, login: "ann" };
  expect((await signInBy(app, journey)).location).toBe("/sign-in?problem=no_account");
  expect((await open(app, "/auth/providers/other")).location).toBe("/sign-in?problem=provider_failed");
  const [issuer] = await listIssuers(app.ctx, { by: null });
  await changeIssuer(app.ctx, { by: null, id: issuer!.id, change: { makesAccounts: true } });
  const arrived = await signInBy(app, { ...journey, login: "bo" });
  expect(arrived.location).toBe("/signed-in");
  const { person } = (await refresh(app, arrived)).json as SignedIn;
  await suspendPerson(app.ctx, { by: null, personId: person.id as PersonId });
  expect((await signInBy(app, { ...journey, login: "bo" })).location).toBe(
    "/sign-in?problem=account_inactive",
  );
  await changeIssuer(app.ctx, { by: null, id: issuer!.id, change: { disabled: true } });
  expect((await open(app, "/auth/providers/idp")).location).toBe("/sign-in?problem=provider_failed");
  expect((await app.request(`${base}/server`)).json).toMatchObject({ providers: [] });
});

test("who has a second step here is asked for it after a provider, too", async () => {
  const { app, providers } = await providerScene(["idp"]);
  const journey = { slug: "idp", provider: providers[0]!, login: "ann" };
  const { person } = (await refresh(app, await signInBy(app, journey))).json as SignedIn;
  const { codes } = await giveTotp(app.ctx, person.id as PersonId);
  const arrived = await signInBy(app, journey);
  expect(arrived.location).toMatch(/^\/sign-in#/);
  expect(arrived.cookie).not.toMatch(/refresh/);
  const step = JSON.parse(Buffer.from(arrived.location.split("#")[1]!, "base64url").toString()) as {
    ticket: string;
  };
  expect(step).toMatchObject({ factors: ["totp", "recovery"], passkey: null });
  const json = { ticket: step.ticket, recovery: codes[0]! };
  const done = await app.request("/auth/sign-in/second", { json, headers: { origin: app.origin } });
  expect((done.json as SignedIn).person.id).toBe(person.id);
});

test("an account is linked by its own session, signs in by it, and is unlinked again, but never from its last way in", async () => {
  const { app, providers } = await providerScene(["idp"], { makesAccounts: false });
  const provider = providers[0]!;
  const bo = await member(app, "bo");
  const { token, confirmation } = bo;
  const unconfirmed = await app.request(`${base}/me/identities/idp/begin`, { method: "POST", token });
  expect(unconfirmed.json).toMatchObject({ error: "confirm_first" });
  expect((await finishLink(app, token, await beginLink(app, { ...bo, provider, login: "b" }))).status).toBe(
    204,
  );
  const listed = (await app.request(`${base}/me/identities`, { token })).json as IdentityList;
  expect(listed.identities).toMatchObject([{ slug: "idp", name: "idp" }]);
  const second = await finishLink(app, token, await beginLink(app, { ...bo, provider, login: "other" }));
  expect(second.json).toMatchObject({ error: "identity_exists" });
  const cy = await member(app, "cy");
  const taken = await finishLink(app, cy.token, await beginLink(app, { ...cy, provider, login: "b" }));
  expect(taken.json).toMatchObject({ error: "identity_taken" });
  const entered = await refresh(app, await signInBy(app, { slug: "idp", provider, login: "b" }));
  expect((entered.json as SignedIn).person.id).toBe(bo.personId);
  const path = `${base}/me/identities/${listed.identities[0]!.issuerId}`;
  const remove = { method: "DELETE", token, headers: { confirmation } };
  expect((await app.request(path, { method: "DELETE", token })).json).toMatchObject({
    error: "confirm_first",
  });
  const foreign = { ...remove, token: cy.token, headers: { confirmation: cy.confirmation } };
  expect((await app.request(path, foreign)).status).toBe(404);
  await app.connection.sql`update account set password_hash = null where person_id = ${bo.personId}`;
  expect((await app.request(path, remove)).json).toMatchObject({ error: "last_way_in" });
  await app.connection.sql`update account set password_hash = 'x' where person_id = ${bo.personId}`;
  expect((await app.request(path, remove)).status).toBe(204);
  expect((await signInBy(app, { slug: "idp", provider, login: "b" })).location).toBe(
    "/sign-in?problem=no_account",
  );
});

test("a link is finished by the person, the session and the browser that began it, once", async () => {
  const { app, providers } = await providerScene(["idp"]);
  const provider = providers[0]!;
  const [bo, cy] = [await member(app, "bo"), await member(app, "cy")];
  const one = await beginLink(app, { ...bo, provider, login: "b" });
  expect((await finishLink(app, cy.token, one)).json).toMatchObject({ error: "ticket_invalid" });
  expect((await finishLink(app, bo.token, one)).json).toMatchObject({ error: "ticket_invalid" });
  const two = await beginLink(app, { ...bo, provider, login: "b" });
  const otherBrowser = { ...two, cookie: (await goThere(app, { slug: "idp", provider, login: "x" })).cookie };
  expect((await finishLink(app, bo.token, otherBrowser)).json).toMatchObject({ error: "ticket_invalid" });
  const three = await beginLink(app, { ...bo, provider, login: "b" });
  expect((await finishLink(app, bo.token, three)).status).toBe(204);
  expect((await finishLink(app, bo.token, three)).status).toBe(422);
});
