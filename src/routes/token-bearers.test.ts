import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { suspendPerson } from "#domain/people-rules.ts";
import { changeIssuer, removeIssuer } from "#domain/issuers/issuers.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Me } from "#protocol/api.ts";
import type { SessionList } from "#protocol/sessions.ts";
import { startApp, type TestApp } from "../../test/helpers/app.ts";
import { payloadOf, startIssuers, trust } from "../../test/helpers/issuer.ts";
import { poll } from "../../test/helpers/poll.ts";
import { giveTotp } from "../../test/helpers/second-factor.ts";

const base = "/api/chat/v1";

async function serverWith(...names: string[]) {
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer] });
  const each = await Promise.all(names.map((name) => issuers.add(name)));
  return { app, issuers: each };
}

const me = async (app: TestApp, token: string) => {
  const { status, json } = await app.request(`${base}/me`, { token });
  return { status, me: json as Me };
};

test("the first token of a trusted issuer makes its person, with the keys of an actor; the next ones find them again", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const token = await issuer.sign({ preferred_username: "ann@corp.example", name: "Ann Archer" });
  const first = await me(app, token);
  expect(first).toMatchObject({
    status: 200,
    me: { person: { handle: "ann", name: "Ann Archer" }, role: "member" },
  });
  const actor = await app.request("/.well-known/webfinger?resource=acct:ann@" + new URL(app.origin).host);
  expect(actor.status).toBe(200);
  const again = await me(app, await issuer.sign({ name: "Somebody Else", jti: "2" }));
  expect(again.me.person.id).toBe(first.me.person.id);
  expect(again.me.sessionId).toBe(first.me.sessionId);
});

test("two first tokens at once make one person and one session, on two nodes too", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const beside = await startApp({ beside: app, peers: [new URL(issuer.uri).host] });
  const tokens = await Promise.all([1, 2, 3, 4].map((jti) => issuer.sign({ jti: String(jti) })));
  const all = await Promise.all(tokens.map((token, at) => me(at % 2 ? app : beside, token)));
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(new Set(all.map(({ me: { person } }) => person.id)).size).toBe(1);
  expect(new Set(all.map(({ me: { sessionId } }) => sessionId)).size).toBe(1);
});

test("who suggests a handle that somebody has, or none, gets one like it", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await app.person("ann");
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri, claims: { handle: "login" } });
  const handleOf = async (sub: string, login?: string) =>
    (await me(app, await issuer.sign({ sub, login }))).me.person.handle;
  expect(await handleOf("1", "ann")).toMatch(/^ann_\d{4}$/);
  expect(await handleOf("2", "admin")).toMatch(/^admin_\d{4}$/);
  expect(await handleOf("3", "José Müller")).toBe("jose_muller");
  expect(await handleOf("4")).toMatch(/^someone_\d{4}$/);
});

test("several issuers stand beside each other: the same subject of two is two people, and who is down keeps nobody else out", async () => {
  const { app, issuers } = await serverWith("one", "two");
  const [one, two] = issuers as [(typeof issuers)[0], (typeof issuers)[0]];
  await trust(app.ctx, { slug: "one", uri: one.uri, jwksUri: one.jwksUri });
  await trust(app.ctx, { slug: "two", uri: two.uri });
  const sharedKey = "a key of more than thirty-two bytes of text";
  await trust(app.ctx, { slug: "three", uri: "the-intranet", sharedKey });
  const key = new TextEncoder().encode(sharedKey);
  const third = await new SignJWT(payloadOf("the-intranet", {}))
    .setProtectedHeader({ alg: "HS256" })
    .sign(key);
  one.fail(true);
  expect(await me(app, await one.sign())).toMatchObject({
    status: 503,
    me: { error: "provider_unreachable" },
  });
  const ids = [(await me(app, await two.sign())).me.person.id, (await me(app, third)).me.person.id];
  expect(new Set(ids).size).toBe(2);
  const asked = one.asked();
  for (let i = 0; i < 5; i += 1) expect((await me(app, await one.sign({ jti: `${i}` }))).status).toBe(503);
  expect(one.asked()).toBe(asked);
});

test("a key that is not there makes the keys be asked for once, however many tokens name it", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  expect((await me(app, await issuer.sign())).status).toBe(200);
  const tokens = await Promise.all(
    Array.from({ length: 20 }, (_, at) => issuer.sign({}, { kid: `unknown-${at}` })),
  );
  const statuses = await Promise.all(tokens.map(async (token) => (await me(app, token)).status));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(issuer.asked()).toBe(1);
});

test("an issuer that makes no accounts lets only those in who have linked theirs", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri, makesAccounts: false });
  expect(await me(app, await issuer.sign())).toMatchObject({ status: 403, me: { error: "no_account" } });
});

test("sessions of tokens are listed and ended; what was ended is refused for good, or until the issuer makes a new token", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const early = Math.floor(Date.now() / 1000);
  const [phone, plain] = [await issuer.sign({ sid: "phone" }), await issuer.sign()];
  const own = (await me(app, plain)).me.sessionId;
  const other = (await me(app, phone)).me.sessionId;
  expect(other).not.toBe(own);
  const listed = (await app.request(`${base}/me/sessions`, { token: plain })).json as SessionList;
  expect(listed.sessions.map(({ id, current, name }) => [id, current, name])).toEqual(
    expect.arrayContaining([
      [own, true, "intranet"],
      [other, false, "intranet"],
    ]),
  );
  const end = (id: string) => app.request(`${base}/me/sessions/${id}`, { method: "DELETE", token: plain });
  expect((await end(other)).status).toBe(204);
  expect((await me(app, phone)).status).toBe(401);
  const later = Math.floor(Date.now() / 1000) + 20;
  expect((await me(app, await issuer.sign({ sid: "phone", iat: later }))).status).toBe(401);
  expect((await end(own)).status).toBe(204);
  expect((await me(app, plain)).status).toBe(401);
  expect((await me(app, await issuer.sign({ jti: "another", iat: early }))).status).toBe(401);
  const anew = await me(app, await issuer.sign({ iat: later }));
  expect(anew.status).toBe(200);
  expect(anew.me.sessionId).not.toBe(own);
});

test("who is suspended, or has a second factor that a token cannot show, is refused within a second", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const [ann, bo] = [await issuer.sign({ sub: "ann" }), await issuer.sign({ sub: "bo" })];
  const [annId, boId] = await Promise.all(
    [ann, bo].map(async (token) => (await me(app, token)).me.person.id),
  );
  await suspendPerson(app.ctx, { by: null, personId: annId as PersonId });
  await giveTotp(app.ctx, boId as PersonId);
  await poll("both are refused", async () => {
    const [one, other] = [await me(app, ann), await me(app, bo)];
    return (
      one.status === 401 &&
      other.status === 403 &&
      (other.me as unknown as { error: string }).error === "factor_demanded"
    );
  });
  expect(
    (await me(app, await issuer.sign({ sub: "ann", iat: Math.floor(Date.now() / 1000) + 20 }))).status,
  ).toBe(401);
});

test("a live socket opens with a token, ends when it runs out, and goes on with a newer one of the same session", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  // Late enough that even a busy machine has opened both, and renewed one, before.
  const soon = () => Math.floor(Date.now() / 1000) + 8;
  const [short, renewed] = await Promise.all([
    app.socket(await issuer.sign({ exp: soon() })),
    app.socket(await issuer.sign({ exp: soon(), jti: "2" })),
  ]);
  await Promise.all([short, renewed].map((socket) => socket.next(({ type }) => type === "hello")));
  renewed.raw.send(JSON.stringify({ type: "renew", token: await issuer.sign() }));
  expect(await short.closed()).toBe(4401);
  expect(renewed.raw.readyState).toBe(renewed.raw.OPEN);
  renewed.raw.close();
});

test("whoever changes or removes an issuer ends what its tokens opened, and its sockets, at once", async () => {
  const { app, issuers } = await serverWith("intranet");
  const issuer = issuers[0]!;
  const { id } = await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const token = await issuer.sign({ sid: "phone" });
  const before = await app.socket(token);
  await changeIssuer(app.ctx, { by: null, id, change: { disabled: true } });
  expect(await before.closed()).toBe(4401);
  expect((await me(app, token)).status).toBe(401);
  await changeIssuer(app.ctx, { by: null, id, change: { disabled: false } });
  expect((await me(app, token)).status).toBe(200);
  const after = await app.socket(token);
  await removeIssuer(app.ctx, { by: null, id });
  expect(await after.closed()).toBe(4401);
  expect((await me(app, token)).status).toBe(401);
});
