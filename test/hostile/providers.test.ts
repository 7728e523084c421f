import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { changeIssuer } from "#domain/issuers/issuers.ts";
import type { SignedIn } from "#protocol/api.ts";
import type { TestApp } from "../helpers/app.ts";
import { trust } from "../helpers/issuer.ts";
import { goThere, open, providerScene, refresh, signInBy } from "../helpers/provider-scene.ts";

/** Somebody whose account here is known by mail. */
async function withMail(app: TestApp): Promise<string> {
  const ann = await createAccount(app.ctx, { handle: "ann", password: "firefly-night", role: "owner" });
  await app.connection.sql`
    update account set email = 'ann@corp.example', email_confirmed_at = now() where person_id = ${ann.id}`;
  return ann.id;
}

/** Where somebody is led who comes back with this; nothing is there afterwards that was not before. */
async function comesTo(app: TestApp, { back, cookie }: { back: string; cookie: string }, problem: string) {
  const arrived = await open(app, back, cookie);
  expect([back, arrived.location]).toEqual([back, `/sign-in?problem=${problem}`]);
  expect(arrived.cookie).not.toMatch(/refresh/);
  expect((await refresh(app, arrived)).status).toBe(401);
}

const people = async (app: TestApp) =>
  (await app.connection.sql`select handle from person where host is null and kind = 'person' order by 1`).map(
    ({ handle }) => handle as string,
  );

test("CL-08 the e-mail address that a provider names, proven or not, leads into nobody's account", async () => {
  const { app, providers } = await providerScene(["one", "two"]);
  const annId = await withMail(app);
  const mail = { email: "ann@corp.example", preferred_username: "ann" };
  for (const [at, email_verified] of [true, false].entries()) {
    const [slug, provider] = [["one", "two"][at]!, providers[at]!];
    provider.people.set("eve", { ...mail, email_verified });
    const arrived = await signInBy(app, { slug, provider, login: "eve" });
    // The handle is taken: she is asked for another one.
    expect(arrived.location).toMatch(/^\/welcome#/);
    expect((await refresh(app, arrived)).status).toBe(401);
  }
  expect(await app.connection.sql`select from identity where person_id = ${annId}`).toHaveLength(0);
});

test("CL-08 the same name at another provider, or another subject with the same name, is somebody else", async () => {
  const { app, providers } = await providerScene(["one", "two"]);
  const [one, two] = [providers[0]!, providers[1]!];
  const first = await signInBy(app, { slug: "one", provider: one, login: "ann" });
  const { person } = (await refresh(app, first)).json as SignedIn;
  one.people.set("eve", { preferred_username: "ann", email: "ann@corp.example" });
  for (const journey of [
    { slug: "two", provider: two, login: "ann" },
    { slug: "one", provider: one, login: "eve" },
  ]) {
    expect((await signInBy(app, journey)).location).toMatch(/^\/welcome#/);
  }
  expect(await people(app)).toEqual(["ann"]);
  const again = await signInBy(app, { slug: "one", provider: one, login: "ann" });
  expect(((await refresh(app, again)).json as SignedIn).person.id).toBe(person.id);
});

test("CL-08 an answer counts once, in the browser that went, for the provider that it went to, with its state", async () => {
  const { app, providers } = await providerScene(["one", "two"]);
  const [one, two] = [providers[0]!, providers[1]!];
  const go = () => goThere(app, { slug: "one", provider: one, login: "ann" });
  const other = await goThere(app, { slug: "two", provider: two, login: "eve" });
  const invalid = "ticket_invalid";
  const { back, cookie } = await go();
  await comesTo(app, { back, cookie: "" }, invalid);
  await comesTo(app, { back, cookie }, invalid); // it was used up
  const third = await go();
  await comesTo(app, { ...third, cookie: other.cookie }, invalid);
  const without = (name: string, path: string) => path.replace(new RegExp(`([?&])${name}=[^&]*`), "$1");
  await comesTo(app, { ...third, back: without("state", third.back) }, invalid);
  const swap = (path: string, name: string, from: string) =>
    path.replace(new RegExp(`${name}=[^&]*`), `${name}=${new URLSearchParams(from.split("?")[1]).get(name)}`);
  const fourth = await go();
  await comesTo(app, { ...fourth, back: swap(fourth.back, "state", "?state=made-up") }, invalid);
  const fifth = await go();
  await comesTo(app, { ...fifth, back: fifth.back.replace("/one/", "/two/") }, invalid);
  expect(await people(app)).toEqual([]);
  const sixth = await go();
  await comesTo(app, { ...sixth, back: swap(sixth.back, "code", "?code=made-up") }, "provider_failed");
  const seventh = await go();
  await comesTo(app, { ...seventh, back: without("iss", seventh.back) }, "provider_failed");
  const eighth = await go();
  const mixed = eighth.back.replace(/iss=[^&]*/, `iss=${encodeURIComponent(two.uri)}`);
  await comesTo(app, { ...eighth, back: mixed }, "provider_failed");
  const ninth = await go();
  const doubled = `${ninth.back}&iss=${encodeURIComponent(two.uri)}`;
  await comesTo(app, { ...ninth, back: doubled }, "provider_failed");
  // A code of somebody else's journey: it was made for another nonce and another proof.
  const [tenth, stolen] = [await go(), await goThere(app, { slug: "one", provider: one, login: "eve" })];
  await comesTo(app, { ...tenth, back: swap(tenth.back, "code", stolen.back) }, "provider_failed");
  expect(await people(app)).toEqual([]);
  const last = await go();
  expect((await open(app, last.back, last.cookie)).location).toBe("/signed-in");
});

test("CL-08 a code without the proof of who went for it is refused by the provider, and another nonce here", async () => {
  const { app, providers } = await providerScene(["one"]);
  const begun = await open(app, "/auth/providers/one");
  const tamper = async (change: (url: URL) => void) => {
    const { location, cookie } = await open(app, "/auth/providers/one");
    const url = new URL(location);
    change(url);
    const back = new URL(await providers[0]!.visit(url.href, "ann"));
    await comesTo(app, { back: back.pathname + back.search, cookie }, "provider_failed");
  };
  expect(new URL(begun.location).searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  await tamper((url) => url.searchParams.set("nonce", "another-nonce"));
  await tamper((url) => url.searchParams.delete("nonce"));
  await tamper((url) => url.searchParams.set("code_challenge", "x".repeat(43)));
  expect(await people(app)).toEqual([]);
});

test("CL-08 a provider that answers nothing, leads elsewhere or says it is another lets nobody in, and keeps nobody else out", async () => {
  let answer: { status: number; headers?: Record<string, string>; body?: object } = { status: 500 };
  const server = createServer((_, response) =>
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {})),
  );
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(async () => await new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  const peer = `localhost:${typeof address === "object" ? address?.port : 0}`;
  const { app, providers } = await providerScene(["good"], {}, [peer]);
  const uri = `http://${peer}`;
  const evil = { slug: "evil", uri, signsIn: true, clientId: "x", acceptsTokens: false, audience: null };
  const { id } = await trust(app.ctx, evil);
  const good = providers[0]!;
  for (const next of [
    { status: 500 },
    { status: 302, headers: { location: `${good.uri}/.well-known/openid-configuration` } },
    { status: 200, body: { issuer: good.uri, authorization_endpoint: `${good.uri}/auth` } },
    { status: 200, body: {} },
  ]) {
    answer = next;
    // Whoever changes an issuer makes it be asked anew.
    await changeIssuer(app.ctx, { by: null, id, change: {} });
    const { location } = await open(app, "/auth/providers/evil");
    expect([next, location]).toEqual([next, "/sign-in?problem=provider_unreachable"]);
  }
  expect(await people(app)).toEqual([]);
  expect((await signInBy(app, { slug: "good", provider: good, login: "ann" })).location).toBe("/signed-in");
});
