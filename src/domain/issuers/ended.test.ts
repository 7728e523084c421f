import { expect, test } from "vitest";
import { forgetExpired } from "#domain/housekeeping.ts";
import { finishSecondStep } from "#domain/sign-in/second.ts";
import { givePassword } from "#domain/sign-up/password.ts";
import { newId, type PersonId, type SessionId } from "#lib/ids.ts";
import type { Me, SignedIn } from "#protocol/api.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { startIssuers, trust } from "../../../test/helpers/issuer.ts";
import { providerScene, refresh, signInBy } from "../../../test/helpers/provider-scene.ts";
import { codeAt, giveTotp, password } from "../../../test/helpers/second-factor.ts";
import { device } from "../../../test/helpers/sign-in.ts";
import { changeIssuer, type Issuer, listIssuers, removeIssuer } from "./issuers.ts";
import { unlink } from "./linked.ts";

const base = "/api/chat/v1";

/** Somebody who has just signed in by a provider. */
async function signedIn() {
  const { app, providers } = await providerScene(["one"]);
  const journey = { slug: "one", provider: providers[0]!, login: "ann" };
  const traveller = await signInBy(app, journey);
  const answer = await refresh(app, traveller);
  const { accessToken: token, person } = answer.json as SignedIn;
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const [issuer] = await listIssuers(app.ctx, { by: null });
  return { app, journey, token, cookie, issuer: issuer!, personId: person.id as PersonId };
}

const status = async (app: TestApp, token: string) => (await app.request(`${base}/me`, { token })).status;

type Scene = Awaited<ReturnType<typeof signedIn>>;
const ways: [string, (at: Scene) => Promise<unknown>][] = [
  ["is disabled", ({ app, issuer: { id } }) => disable(app, id)],
  [
    "signs nobody in any more",
    ({ app, issuer: { id } }) => {
      const change = { signsIn: false, acceptsTokens: true, audience: "chat" };
      return changeIssuer(app.ctx, { by: null, id, change });
    },
  ],
  ["is removed", ({ app, issuer: { id } }) => removeIssuer(app.ctx, { by: null, id })],
  [
    "is unlinked by another",
    ({ app, personId, issuer: { id } }) => {
      return unlink(app.ctx, { personId, sessionId: newId<"session">(), issuerId: id });
    },
  ],
];

async function disable(app: TestApp, id: Issuer["id"]) {
  return await changeIssuer(app.ctx, { by: null, id, change: { disabled: true } });
}

test.each(ways)("a browser that came by a provider is signed out where that %s", async (_, end) => {
  const at = await signedIn();
  const { app, token, cookie, personId, issuer } = at;
  await givePassword(app.ctx, { personId, password });
  const { accessToken: own } = (
    await app.request("/auth/sign-in", {
      json: { handle: "ann", password },
      headers: { origin: app.origin },
    })
  ).json as SignedIn;
  // A new password has ended what there was: come by the provider once more.
  const again = await refresh(app, await signInBy(app, at.journey));
  const byProvider = (again.json as SignedIn).accessToken;
  expect([await status(app, token), await status(app, byProvider)]).toEqual([401, 200]);
  await changeIssuer(app.ctx, { by: null, id: issuer.id, change: { name: "Another name" } });
  const socket = await app.socket(byProvider);
  await socket.next(({ type }) => type === "hello");
  await end(at);
  expect(await socket.closed()).toBe(4401);
  expect([await status(app, byProvider), await status(app, own)]).toEqual([401, 200]);
  const kept = again.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  expect((await refresh(app, { cookie: kept })).status).toBe(401);
  expect((await refresh(app, { cookie })).status).toBe(401);
});

test("whoever unlinks a provider that they came by stays where they are", async () => {
  const { app, token, personId, issuer } = await signedIn();
  const { sessionId } = (await app.request(`${base}/me`, { token })).json as Me;
  await app.connection.sql`update account set password_hash = 'x' where person_id = ${personId}`;
  const own = { personId, sessionId: sessionId as SessionId };
  await unlink(app.ctx, { ...own, issuerId: issuer.id });
  expect(await status(app, token)).toBe(200);
});

test("whoever came by a provider that is disabled before their second step does not get in", async () => {
  const { app, journey, issuer, personId } = await signedIn();
  const { secret } = await giveTotp(app.ctx, personId);
  const { location } = await signInBy(app, journey);
  const step = Buffer.from(location.split("#")[1]!, "base64url").toString();
  await disable(app, issuer.id);
  const { ticket } = JSON.parse(step) as SecondStep;
  const entering = finishSecondStep(app.ctx, { ticket, proof: { totp: codeAt(app.ctx, secret) }, device });
  await expect(entering).rejects.toMatchObject({ code: "provider_failed" });
});

test("a session of an issuer that was ended is over for good, however late its next token comes, until the issuer is removed", async () => {
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer] });
  const issuer = await issuers.add("intranet");
  const { id } = await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  const phone = await issuer.sign({ sid: "phone" });
  const me = (await app.request(`${base}/me`, { token: phone })).json as Me;
  const end = { method: "DELETE", token: phone };
  expect((await app.request(`${base}/me/sessions/${me.sessionId}`, end)).status).toBe(204);
  await forgetExpired({ ...app.ctx, now: () => new Date(Date.now() + 26 * 3_600_000) });
  const exp = Math.floor(Date.now() / 1000) + 48 * 3_600;
  expect(await status(app, await issuer.sign({ sid: "phone", exp }))).toBe(401);
  expect(await status(app, await issuer.sign({ sid: "laptop" }))).toBe(200);
  const rows = () => app.connection.sql`
    select address, user_agent, name, external_key is not null as "isKept" from session where id = ${me.sessionId}`;
  await forgetExpired({ ...app.ctx, now: () => new Date(Date.now() + 80 * 3_600_000) });
  expect(await rows()).toEqual([{ address: null, user_agent: null, name: "", isKept: true }]);
  await removeIssuer(app.ctx, { by: null, id });
  await forgetExpired({ ...app.ctx, now: () => new Date(Date.now() + 80 * 3_600_000) });
  expect(await rows()).toEqual([]);
});
