import { expect, test } from "vitest";
import { createAccount } from "#domain/accounts.ts";
import { givePassword } from "#domain/sign-up/password.ts";
import { giveRole, suspendPerson } from "#domain/people-rules.ts";
import { revokeToken } from "#domain/tokens.ts";
import { openTicket } from "#domain/tickets.ts";
import type { PersonId } from "#lib/ids.ts";
import type { SignedIn } from "#protocol/api.ts";
import { startApp, type Answer, type TestApp } from "../helpers/app.ts";
import { sessionOf } from "../helpers/confirmed.ts";
import { registerApp, sitDown, tokenFor } from "../helpers/oauth.ts";
import { poll } from "../helpers/poll.ts";

const account = { handle: "ann", password: "firefly-night" };

async function signIn(app: TestApp): Promise<{ token: string; cookie: string; answer: Answer }> {
  const answer = await app.request("/auth/sign-in", { json: account, headers: { origin: app.origin } });
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return { token: (answer.json as SignedIn).accessToken, cookie, answer };
}

/** The operations of the API's own description. */
async function operations(app: TestApp) {
  const { json } = await app.request("/api/chat/v1/openapi.json");
  const { paths } = json as { paths: Record<string, Record<string, { security?: unknown[] }>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => {
      return { path, method: method.toUpperCase(), open: security?.length === 0 };
    }),
  );
}

test("CL-01 the cookie is for this host alone, out of reach for scripts and other sites, new at each sign-in, and dead after sign-out", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { ...account, role: "member" });
  const [one, two] = [await signIn(app), await signIn(app)];
  expect(two.cookie).not.toBe(one.cookie);
  const flags = (one.answer.headers.get("set-cookie") ?? "").split("; ").slice(1).toSorted();
  expect(flags).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict", "Secure"]);
  expect(one.cookie).toMatch(/^__Host-refresh=/);
  const headers = { origin: app.origin, "sec-fetch-site": "same-origin", cookie: one.cookie };
  await app.request("/auth/sign-out", { method: "POST", token: one.token, headers });
  expect((await app.request("/auth/refresh", { method: "POST", headers })).status).toBe(401);
  expect((await app.request("/api/chat/v1/me", { token: one.token })).status).toBe(401);
  expect((await app.request("/api/chat/v1/me", { token: two.token })).status).toBe(200);
});

test("CL-02 whatever takes the cookie, or gives one, refuses other sites, forms and overridden methods", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { ...account, role: "member" });
  const { cookie } = await signIn(app);
  const doors = (await operations(app)).filter(
    ({ path, method }) => path.startsWith("/auth/") && method === "POST",
  );
  expect(doors.map(({ path }) => path)).toEqual(expect.arrayContaining(["/auth/refresh", "/auth/sign-in"]));
  const body = JSON.stringify(account);
  const evil = "https://evil.example";
  for (const { path, method } of doors) {
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      for (const from of [{ origin: evil }, { origin: app.origin, "sec-fetch-site": "cross-site" }, {}]) {
        const headers = { cookie, "content-type": type, "x-http-method-override": "GET", ...from };
        const { status, headers: answered } = await app.request(path, { method, body, headers });
        expect([path, type, from, status]).toEqual([path, type, from, 403]);
        expect(answered.get("set-cookie")).toBeNull();
      }
    }
  }
});

test("CL-03 the cookie opens nothing of the API, on any route", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { ...account, role: "member" });
  const { cookie } = await signIn(app);
  const closed = (await operations(app)).filter(({ path, open }) => path.startsWith("/api/") && !open);
  expect(closed.length).toBeGreaterThan(50);
  const headers = { cookie, origin: app.origin, "sec-fetch-site": "same-origin" };
  for (const { path, method } of closed) {
    const { status } = await app.request(path.replaceAll(/\{\w+\}/g, crypto.randomUUID()), {
      method,
      headers,
    });
    expect([method, path, status]).toEqual([method, path, 401]);
  }
});

interface Begun {
  readonly personId: PersonId;
  readonly token: string;
  /** A second session of theirs. */
  readonly other: string;
}
type Ending = (app: TestApp, begun: Begun) => Promise<unknown>;
const sessions = "/api/chat/v1/me/sessions";
const endings: [string, Ending][] = [
  [
    "revoked",
    (app, { token }) =>
      app.request("/auth/sign-out", { method: "POST", token, headers: { origin: app.origin } }),
  ],
  [
    "ended from another",
    async (app, { token, other }) => {
      const path = `${sessions}/${await sessionOf(app, { token })}`;
      return await app.request(path, { method: "DELETE", token: other });
    },
  ],
  [
    "ended with all but another",
    (app, { other: token }) => app.request(sessions, { method: "DELETE", token }),
  ],
  ["revoked on the command line", (app, { token }) => revokeToken(app.ctx, { token })],
  ["suspended", (app, { personId }) => suspendPerson(app.ctx, { by: null, personId })],
  [
    "begun by a password that is changed",
    (app, { personId }) => givePassword(app.ctx, { personId, password: "another-night" }),
  ],
];

/** Both ways in, at both nodes, are open, and closed within a second of what ends them. */
async function closesWith(nodes: readonly TestApp[], token: string, end: () => Promise<unknown>) {
  const path = "/api/chat/v1/me";
  const sockets = await Promise.all(nodes.map((app) => app.socket(token)));
  for (const app of nodes) expect((await app.request(path, { token })).status).toBe(200);
  await end();
  const ended = performance.now();
  expect(await Promise.all(sockets.map((socket) => socket.closed()))).toEqual([4401, 4401]);
  expect(performance.now() - ended).toBeLessThan(1_000);
  for (const app of nodes) expect((await app.request(path, { token })).status).toBe(401);
  await expect(nodes[1]!.socket(token)).rejects.toThrow("401");
}

test.each(endings)(
  "CL-05 a session that is %s loses REST and its sockets at every node within a second",
  async (_, end) => {
    const one = await startApp();
    const two = await startApp({ beside: one });
    const { id: personId } = await createAccount(one.ctx, { ...account, role: "member" });
    const [{ token }, { token: other }] = [await signIn(one), await signIn(one)];
    await closesWith([one, two], token, () => end(one, { personId, token, other }));
  },
);

test.each(["gives its token back", "is taken out"])(
  "CL-05 an app that %s loses REST and its sockets at every node within a second",
  async (how) => {
    const one = await startApp();
    const two = await startApp({ beside: one });
    const seat = await sitDown(one, await createAccount(one.ctx, { ...account, role: "member" }));
    const client = await registerApp(one);
    const token = await tokenFor(one, seat, { client, scope: "read write" });
    const json = { client_id: client.clientId, client_secret: client.secret, token };
    await closesWith([one, two], token, () =>
      how === "is taken out"
        ? one.request(`/api/chat/v1/me/apps/${client.id}`, { method: "DELETE", token: seat.token })
        : one.request("/oauth/revoke", { json }),
    );
  },
);

test("CL-05 what a role allows ends with the role, at every node within a second", async () => {
  const one = await startApp();
  const two = await startApp({ beside: one });
  await createAccount(one.ctx, { handle: "wilma", password: account.password, role: "owner" });
  const { id: personId } = await createAccount(one.ctx, { ...account, role: "admin" });
  const { token } = await signIn(one);
  const statuses = async () =>
    await Promise.all([one, two].map(async (app) => (await app.request(people, { token })).status));
  const people = "/api/chat/v1/admin/people";
  expect(await statuses()).toEqual([200, 200]);
  await giveRole(one.ctx, { by: null, personId, role: "member" });
  await poll("both to hear of it", async () => (await statuses()).every((status) => status === 403), 1_000);
});

test("CL-05 a socket ends when its token runs out", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { ...account, role: "member" });
  const { token } = await signIn(app);
  await app.connection.sql`update token set expires_at = now() + interval '1 second' where kind = 'access'`;
  const socket = await app.socket(token);
  expect(await socket.closed()).toBe(4401);
});

test("CL-05 a token that has run out opens nothing", async () => {
  const app = await startApp();
  await createAccount(app.ctx, { ...account, role: "member" });
  const { token } = await signIn(app);
  await app.connection.sql`update token set expires_at = now()`;
  expect((await app.request("/api/chat/v1/me", { token })).status).toBe(401);
  await expect(app.socket(token)).rejects.toThrow("401");
});

test("CL-16 a ticket is no token: not for REST, not for the socket, not for a refresh", async () => {
  const app = await startApp();
  const { id } = await createAccount(app.ctx, { ...account, role: "member" });
  const opened = { purpose: "second-factor", seconds: 60, personId: id } as const;
  const ticket = await openTicket(app.ctx, app.ctx.db, opened);
  expect((await app.request("/api/chat/v1/me", { token: ticket })).status).toBe(401);
  await expect(app.socket(ticket)).rejects.toThrow("401");
  const headers = { origin: app.origin, cookie: `__Host-refresh=${ticket}` };
  expect((await app.request("/auth/refresh", { method: "POST", headers })).status).toBe(401);
});
