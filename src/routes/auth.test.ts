import { expect, test } from "vitest";
import type { SignedIn } from "#protocol/api.ts";
import { startApp, type TestApp } from "../../test/helpers/app.ts";

const account = { handle: "ann", password: "firefly-night" };

function cookieOf(headers: Headers): string {
  return (headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function signUp(app: TestApp) {
  const { status, headers, json } = await app.request("/auth/sign-up", {
    json: account,
    headers: { origin: app.origin },
  });
  expect(status).toBe(201);
  return {
    cookie: cookieOf(headers),
    setCookie: headers.get("set-cookie") ?? "",
    signedIn: json as SignedIn,
  };
}

test("signing up gives a token for memory and one cookie that no script and no other site can use", async () => {
  const app = await startApp();
  const { setCookie, signedIn } = await signUp(app);
  expect(setCookie).toMatch(/^__Host-refresh=luc_/);
  for (const part of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) expect(setCookie).toContain(part);
  expect(setCookie).not.toContain("Domain");
  const me = await app.request("/api/chat/v1/me", { token: signedIn.accessToken });
  expect(me.json).toMatchObject({ person: { handle: "ann" }, role: "member" });
});

test("the cookie refreshes, and rotates at every use", async () => {
  const app = await startApp();
  const { cookie } = await signUp(app);
  const headers = { cookie, origin: app.origin, "sec-fetch-site": "same-origin" };
  const next = await app.request("/auth/refresh", { method: "POST", headers });
  expect(next.status).toBe(200);
  expect(cookieOf(next.headers)).not.toBe(cookie);
});

test("another site cannot use the cookie, nor a request that does not say where it comes from", async () => {
  const app = await startApp();
  const { cookie } = await signUp(app);
  const foreign: Record<string, string>[] = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${app.origin}.evil.example` },
    { origin: app.origin, "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  ];
  for (const path of ["/auth/refresh", "/auth/sign-in", "/auth/sign-up", "/auth/sign-out"]) {
    for (const headers of foreign) {
      const { status } = await app.request(path, { json: account, headers: { ...headers, cookie } });
      expect([path, headers, status]).toEqual([path, headers, 403]);
    }
  }
});

test("signing out ends the session: its token, its cookie and its sockets", async () => {
  const app = await startApp();
  const { cookie, signedIn } = await signUp(app);
  const socket = await app.socket(signedIn.accessToken);
  const headers = { origin: app.origin };
  const out = await app.request("/auth/sign-out", { method: "POST", token: signedIn.accessToken, headers });
  expect(out.status).toBe(204);
  expect(await socket.closed()).toBe(4401);
  expect((await app.request("/api/chat/v1/me", { token: signedIn.accessToken })).status).toBe(401);
  expect(
    (await app.request("/auth/refresh", { method: "POST", headers: { ...headers, cookie } })).status,
  ).toBe(401);
});

test("a wrong password and an unknown handle get the same answer", async () => {
  const app = await startApp();
  await signUp(app);
  const headers = { origin: app.origin };
  const wrong = await app.request("/auth/sign-in", {
    json: { ...account, password: "firefly-day" },
    headers,
  });
  const unknown = await app.request("/auth/sign-in", { json: { ...account, handle: "bo" }, headers });
  expect(wrong.status).toBe(401);
  expect([unknown.status, unknown.json]).toEqual([wrong.status, wrong.json]);
});

test("guessing is slowed down by address and by handle, and says how long to wait", async () => {
  const app = await startApp();
  const guess = (handle: string, address: string) =>
    app.request("/auth/sign-in", {
      json: { handle, password: "x" },
      headers: { origin: app.origin, "x-forwarded-for": address },
    });
  for (let i = 0; i < 10; i += 1) expect((await guess("ann", "198.51.100.1")).status).toBe(401);
  const byPair = await guess("@ANN", "198.51.100.1");
  expect([byPair.status, byPair.json]).toMatchObject([429, { error: "too_many" }]);
  expect(Number(byPair.headers.get("retry-after"))).toBeGreaterThan(0);
  // Nobody is locked out by a stranger who guesses elsewhere.
  expect((await guess("ann", "198.51.100.2")).status).toBe(401);
  for (let i = 0; i < 25; i += 1) await guess(`bo${i}`, `2001:db8::${i}`);
  expect((await guess("cy", "2001:db8::ffff")).status).toBe(429);
  expect((await guess("cy", "2001:db8:0:1::1")).status).toBe(401);
});
