import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { changeServerSettings } from "#domain/server-settings.ts";
import { createToken } from "#domain/tokens.ts";
import type { Registration } from "#lib/registration.ts";
import type { SignUpCode, SignUpCodePage, SignUpRequestPage } from "#protocol/sign-up.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";

const base = "/api/chat/v1";
const password = "firefly-night";

async function appWith(registration: Registration) {
  const app = await startApp();
  await changeServerSettings(app.ctx, { by: null, change: { registration } });
  await createAccount(app.ctx, { handle: "olga", password, role: "owner" });
  return { app, token: (await createToken(app.ctx, { handle: "olga", name: "test" })).token };
}

function signUp(app: TestApp, json: object) {
  return app.request("/auth/sign-up", { json: { password, ...json }, headers: { origin: app.origin } });
}

test("an owner makes a code, somebody comes in by it once, and it is listed and taken back", async () => {
  const { app, token } = await appWith("invite");
  expect((await app.request(`${base}/server`)).json).toMatchObject({ registration: "invite" });
  const made = await app.request(`${base}/admin/sign-up-codes`, { token, json: { note: "for Ann" } });
  const { id, code, url } = made.json as SignUpCode;
  expect([made.status, url]).toEqual([201, `${app.origin}/sign-up?code=${code}`]);
  const without = await signUp(app, { handle: "ann" });
  expect([without.status, without.json]).toMatchObject([
    422,
    { error: "sign_up_code_invalid", field: "code" },
  ]);
  expect((await signUp(app, { handle: "ann", code })).status).toBe(201);
  expect((await signUp(app, { handle: "bo", code })).status).toBe(422);
  const remove = () => app.request(`${base}/admin/sign-up-codes/${id}`, { method: "DELETE", token });
  expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  const { json } = await app.request(`${base}/admin/sign-up-codes?limit=1`, { token });
  const { codes, next } = json as SignUpCodePage;
  expect(codes).toMatchObject([{ id, used: 1, uses: 1, note: "for Ann", revokedAt: expect.any(String) }]);
  expect((await app.request(`${base}/admin/sign-up-codes?before=${next}`, { token })).json).toEqual({
    codes: [],
    next: null,
  });
});

test("who asks waits, and comes in once an owner agrees; nothing of their password is shown", async () => {
  const { app, token } = await appWith("approval");
  const asked = await signUp(app, { handle: "ann", reason: "a friend of Bo" });
  expect([asked.status, asked.json]).toEqual([202, { state: "waiting" }]);
  expect(asked.headers.get("set-cookie")).toBeNull();
  await signUp(app, { handle: "bo" });
  const list = await app.request(`${base}/admin/sign-up-requests`, { token });
  const { requests } = list.json as SignUpRequestPage;
  expect(requests.map(({ handle }) => handle)).toEqual(["ann", "bo"]);
  expect(list.text).not.toMatch(/argon|password/i);
  const decide = (id: string | undefined, verb: string) =>
    app.request(`${base}/admin/sign-up-requests/${id}/${verb}`, { method: "POST", token });
  expect((await decide(requests[0]?.id, "approve")).json).toMatchObject({ handle: "ann" });
  expect((await decide(requests[1]?.id, "reject")).status).toBe(204);
  expect((await decide(requests[1]?.id, "approve")).status).toBe(404);
  const signIn = (handle: string) =>
    app.request("/auth/sign-in", { json: { handle, password }, headers: { origin: app.origin } });
  expect([(await signIn("ann")).status, (await signIn("bo")).status]).toEqual([200, 401]);
});

test("whoever may not gets the same 403 on each of these routes, whatever id they name", async () => {
  const { app, token: owner } = await appWith("approval");
  await signUp(app, { handle: "ann" });
  const { json } = await app.request(`${base}/admin/sign-up-requests`, { token: owner });
  const { json: made } = await app.request(`${base}/admin/sign-up-codes`, { token: owner, json: {} });
  const request = (json as SignUpRequestPage).requests[0]!.id;
  const { token } = await app.person("eve");
  const unknown = crypto.randomUUID();
  const tries: [string, object][] = [
    ["/admin/sign-up-codes", {}],
    ["/admin/sign-up-codes", { json: {} }],
    ...[(made as SignUpCode).id, unknown].map((id): [string, object] => [
      `/admin/sign-up-codes/${id}`,
      { method: "DELETE" },
    ]),
    ["/admin/sign-up-requests", {}],
    ...[request, unknown].flatMap((id) =>
      ["approve", "reject"].map((verb): [string, object] => [
        `/admin/sign-up-requests/${id}/${verb}`,
        { method: "POST" },
      ]),
    ),
  ];
  for (const [path, options] of tries) {
    const { status, json: answer } = await app.request(base + path, { ...options, token });
    expect([path, status, answer]).toMatchObject([path, 403, { error: "not_permitted" }]);
  }
});
