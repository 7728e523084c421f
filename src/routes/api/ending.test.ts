import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { workOffEndings } from "#domain/ending/work.ts";
import { findSigningKey } from "#domain/keys.ts";
import { createToken } from "#domain/tokens.ts";
import type { Ending } from "#protocol/ending.ts";
import type { SecondStep } from "#protocol/sign-in.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { confirmed } from "../../../test/helpers/confirmed.ts";
import { poll } from "../../../test/helpers/poll.ts";

const base = "/api/chat/v1";
const password = "firefly-night";

async function accountIn(app: TestApp, handle: string, role: "owner" | "admin" | "member" = "member") {
  const { id } = await createAccount(app.ctx, { handle, password, role });
  const { token } = await createToken(app.ctx, { handle, name: "test" });
  return { id, token };
}

const auth = (app: TestApp, path: string, json: object) =>
  app.request(`/auth${path}`, { json, headers: { origin: app.origin } });

/** Asks for one's own end, as whoever has just shown who they are. */
async function end(app: TestApp, person: { id: string; token: string }) {
  const headers = { confirmation: await confirmed(app, person) };
  return await app.request(`${base}/me/end`, { method: "POST", token: person.token, headers });
}

test("CL-31 an account ends after whoever has it showed anew who they are; every session ends at once", async () => {
  const app = await startApp();
  const [ann, eve] = [await accountIn(app, "ann"), await accountIn(app, "eve")];
  const socket = await app.socket(ann.token);
  for (const headers of [{}, { confirmation: "made up" }, { confirmation: await confirmed(app, eve) }]) {
    const { status, json } = await app.request(`${base}/me/end`, {
      method: "POST",
      token: ann.token,
      headers,
    });
    expect([status, json]).toMatchObject([403, { error: "confirm_first" }]);
  }
  const foreign = { cookie: `__Host-refresh=${ann.token}`, origin: "https://evil.example" };
  const headers = { ...foreign, confirmation: await confirmed(app, ann) };
  expect((await app.request(`${base}/me/end`, { method: "POST", headers })).status).toBe(401);
  expect((await app.request(`${base}/me`, { token: ann.token })).status).toBe(200);
  const { status, json } = await end(app, ann);
  expect(status).toBe(200);
  expect(Date.parse((json as Ending).endsAt)).toBeGreaterThan(Date.now() + 29 * 24 * 3600 * 1000);
  expect(await socket.closed()).toBe(4401);
  expect((await app.request(`${base}/me`, { token: ann.token })).status).toBe(401);
});

test("whoever signs in meanwhile is told until when, and comes in by keeping the account", async () => {
  const app = await startApp();
  const ann = await accountIn(app, "ann");
  const { endsAt } = (await end(app, ann)).json as Ending;
  expect((await auth(app, "/sign-in", { handle: "ann", password: "wrong-password" })).json).toMatchObject({
    error: "wrong_password",
  });
  const step = await auth(app, "/sign-in", { handle: "ann", password });
  expect([step.status, step.json]).toMatchObject([202, { factors: [], passkey: null, endsAt }]);
  expect(step.headers.get("set-cookie")).toBeNull();
  const { ticket } = step.json as SecondStep;
  expect((await auth(app, "/sign-in/second", { ticket })).status).toBe(422);
  expect((await auth(app, "/sign-in/second", { ticket, totp: "123456" })).json).toMatchObject({
    error: "account_ending",
  });
  expect((await auth(app, "/sign-in/second", { ticket, keep: true })).status).toBe(200);
  expect((await auth(app, "/sign-in/second", { ticket, keep: true })).json).toMatchObject({
    error: "ticket_invalid",
  });
  expect((await auth(app, "/sign-in", { handle: "ann", password })).status).toBe(200);
});

test("CL-31 those who decide about people let accounts end and keep them, above none that stands as high", async () => {
  const app = await startApp();
  const [owner, admin] = [await accountIn(app, "owner", "owner"), await accountIn(app, "boss", "admin")];
  const [ann, eve] = [await accountIn(app, "ann"), await accountIn(app, "eve")];
  const ask = async (by: { id: string; token: string }, of: { id: string }, method = "POST") => {
    const headers = { confirmation: await confirmed(app, by) };
    return await app.request(`${base}/admin/people/${of.id}/end`, { method, token: by.token, headers });
  };
  expect((await ask(eve, ann)).json).toMatchObject({ error: "not_permitted" });
  expect((await ask(admin, owner)).json).toMatchObject({ error: "not_permitted" });
  expect((await ask(owner, owner)).json).toMatchObject({ error: "yourself" });
  expect((await end(app, owner)).json).toMatchObject({ error: "last_owner" });
  const bare = await app.request(`${base}/admin/people/${ann.id}/end`, {
    method: "POST",
    token: admin.token,
  });
  expect(bare.json).toMatchObject({ error: "confirm_first" });
  expect((await ask(admin, ann)).json).toMatchObject({ id: ann.id, endsAt: expect.any(String) as string });
  expect((await app.request(`${base}/me`, { token: ann.token })).status).toBe(401);
  expect((await ask(admin, ann, "DELETE")).json).toMatchObject({ id: ann.id, endsAt: null });
  expect((await auth(app, "/sign-in", { handle: "ann", password })).status).toBe(200);
});

test("of whoever is gone their address says so, and their name leads nowhere", async () => {
  const app = await startApp();
  const ann = await accountIn(app, "ann");
  const accept = { accept: "application/activity+json" };
  const actor = () => app.request(`/users/${ann.id}`, { headers: accept });
  const finger = () => app.request(`/.well-known/webfinger?resource=acct:ann@${new URL(app.origin).host}`);
  await end(app, ann);
  expect([(await actor()).status, (await finger()).status]).toEqual([200, 200]);
  await app.connection.sql`update account set ends_at = now() - interval '1 second'`;
  await workOffEndings(app.ctx);
  const { status, json } = await actor();
  expect([status, json]).toMatchObject([410, { id: `${app.origin}/users/${ann.id}`, type: "Tombstone" }]);
  expect([(await finger()).status, (await app.request("/@ann")).status]).toEqual([404, 404]);
  expect((await auth(app, "/sign-in", { handle: "ann", password })).json).toMatchObject({
    error: "wrong_password",
  });
});

test("with the keys of whoever is gone nothing is signed any more, by no node", async () => {
  const app = await startApp({ role: "web" });
  const beside = await startApp({ beside: app, role: "web" });
  const ann = await accountIn(app, "ann");
  const keys = () => [app, beside].map(({ ctx }) => findSigningKey(ctx, ann.id, "rsa"));
  await Promise.all(keys());
  await end(app, ann);
  await app.connection.sql`update account set ends_at = now() - interval '1 second'`;
  await workOffEndings(app.ctx);
  await poll("every node forgets them", async () => {
    const found = await Promise.allSettled(keys());
    return found.every(({ status }) => status === "rejected");
  });
});
