import { expect, test } from "vitest";
import { createToken } from "#domain/tokens.ts";
import type { SignedIn } from "#protocol/api.ts";
import type { SessionList } from "#protocol/sessions.ts";
import { startApp, type TestApp } from "../../../test/helpers/app.ts";
import { poll } from "../../../test/helpers/poll.ts";

const path = "/api/chat/v1/me/sessions";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
const password = "firefly-night";

async function enter(app: TestApp, door: "sign-up" | "sign-in", [userAgent, address]: [string, string]) {
  const headers = { origin: app.origin, "user-agent": userAgent, "x-forwarded-for": address };
  const { json } = await app.request(`/auth/${door}`, { json: { handle: "ann", password }, headers });
  return (json as SignedIn).accessToken;
}

async function list(app: TestApp, token: string) {
  return ((await app.request(path, { token })).json as SessionList).sessions;
}

test("one sees where one is signed in, from what and about where, and which session asks", async () => {
  const app = await startApp();
  const desk = await enter(app, "sign-up", [firefox, "203.0.113.77"]);
  const phone = await enter(app, "sign-in", [safari, "2001:db8:1:2:3::4"]);
  const headers = { "x-forwarded-for": "2001:db8:1:2:3::4" };
  const { json } = await app.request(path, { token: phone, headers });
  const { sessions } = json as SessionList;
  expect(sessions).toMatchObject([
    {
      current: true,
      device: { program: "Safari", system: "iOS", kind: "mobile" },
      place: "2001:db8:1::/48",
      app: null,
      name: "",
    },
    {
      current: false,
      device: { program: "Firefox", system: "Linux", kind: "desktop" },
      place: "203.0.113.0/24",
    },
  ]);
  const described = JSON.stringify(json);
  for (const secret of ["203.0.113.77", "2:3::4", desk, phone]) expect(described).not.toContain(secret);
});

test("a session is called what its owner likes, and listed until it ends", async () => {
  const app = await startApp();
  const desk = await enter(app, "sign-up", ["curl/8.5.0", "203.0.113.77"]);
  const phone = await enter(app, "sign-in", ["", "203.0.113.78"]);
  const other = (await list(app, desk)).find(({ current }) => !current)!;
  expect(other.device).toEqual({ program: "", system: null, kind: null });
  const one = `${path}/${other.id}`;
  expect((await app.request(one, { method: "PATCH", token: desk, json: { name: " Phone " } })).status).toBe(
    204,
  );
  const long = await app.request(one, { method: "PATCH", token: desk, json: { name: "x".repeat(101) } });
  expect([long.status, long.json]).toMatchObject([422, { error: "too_long", field: "name" }]);
  expect((await list(app, desk)).map(({ name }) => name).toSorted()).toEqual(["", "Phone"]);
  const socket = await app.socket(phone);
  expect((await app.request(one, { method: "DELETE", token: desk })).status).toBe(204);
  expect(await socket.closed()).toBe(4401);
  expect((await app.request(path, { token: phone })).status).toBe(401);
  expect((await app.request(one, { method: "DELETE", token: desk })).status).toBe(404);
  expect(await list(app, desk)).toMatchObject([{ current: true, device: { program: "curl/8.5.0" } }]);
  const noted = await app.connection.sql`select details from audit_entry where action = 'session.ended'`;
  expect(noted).toEqual([{ details: { sessionId: other.id } }]);
});

test("ending all others leaves the session that asks", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const bo = await app.person("bo");
  const another = await createToken(app.ctx, { handle: "ann", name: "a script" });
  expect(await list(app, token)).toHaveLength(2);
  expect((await app.request(path, { method: "DELETE", token })).status).toBe(204);
  expect(await list(app, token)).toMatchObject([{ device: null, name: "test", current: true }]);
  expect((await app.request(path, { token: another.token })).status).toBe(401);
  expect(await list(app, bo.token)).toHaveLength(1);
});

test("a session that is used is noted with the time and the network, once a minute", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const { sql } = app.connection;
  const before = new Date(Date.now() - 3_600_000);
  const set = () => sql`update session set seen_at = ${before.toISOString()}, address = null`;
  await set();
  const headers = { "x-forwarded-for": "203.0.113.77" };
  await app.request("/api/chat/v1/me", { token, headers });
  await poll("a use that is noted", async () => {
    const [row] = await sql`select address from session where seen_at > ${before.toISOString()}`;
    return row?.["address"] === "203.0.113.77";
  });
  await set();
  await app.request("/api/chat/v1/me", { token, headers });
  expect(await list(app, token)).toMatchObject([{ seenAt: before.toISOString(), place: null }]);
});
