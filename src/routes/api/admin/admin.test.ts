import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import { createToken } from "#domain/tokens.ts";
import type { PersonId } from "#lib/ids.ts";
import type { ServerRole } from "#lib/server-role.ts";
import type { ConversationView, Me, Sent } from "#protocol/api.ts";
import type { AdminPeoplePage, AdminRoles, AuditPage, IpRule } from "#protocol/admin.ts";
import type { SessionList } from "#protocol/sessions.ts";
import { confirmed } from "../../../../test/helpers/confirmed.ts";
import { startApp, type RequestOptions, type TestApp } from "../../../../test/helpers/app.ts";

const base = "/api/chat/v1";

async function staff(app: TestApp, handle: string, role: ServerRole) {
  const person = await app.person(handle);
  const id = person.id as PersonId;
  await insertAccount(app.ctx.db, { personId: id, role, createdAt: app.ctx.now() });
  const ask = (path: string, options: RequestOptions = {}) =>
    app.request(base + path, { token: person.token, ...options });
  /** The same after they have shown once more who they are. */
  const askAnew = async (path: string, options: RequestOptions = {}) =>
    ask(path, { ...options, headers: { confirmation: await confirmed(app, person) } });
  return { ...person, id, ask, askAnew };
}

interface Operation {
  path: string;
  method: string;
}

async function adminOperations(app: TestApp): Promise<Operation[]> {
  const { json } = await app.request(`${base}/openapi.json`);
  const { paths } = json as { paths: Record<string, object> };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith(`${base}/admin/`))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        path: path.slice(base.length),
        method: method.toUpperCase(),
      })),
    );
}

test("whoever has no hand in running the server gets the same 403 on every route of it, whatever they ask for", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const mia = await staff(app, "mia", "member");
  const operations = await adminOperations(app);
  expect(operations.length).toBeGreaterThan(12);
  for (const { path, method } of operations) {
    for (const id of [owner.id, mia.id, crypto.randomUUID(), "not-an-id", "b.example"]) {
      const options = { method, ...(method !== "GET" && method !== "DELETE" && { json: { odd: 1 } }) };
      const { status, json } = await mia.ask(path.replaceAll(/\{\w+\}/g, id), options);
      expect([method, path, status, json]).toMatchObject([method, path, 403, { error: "not_permitted" }]);
    }
  }
});

test("an admin gives roles, shuts out and lets in again; open sockets of who is shut out close", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const mia = await staff(app, "mia", "member");
  const path = `/admin/people/${mia.id}`;
  const change = (json: object) => owner.askAnew(path, { method: "PATCH", json });
  expect((await change({ role: "moderator" })).json).toMatchObject({ handle: "mia", role: "moderator" });
  expect((await mia.ask("/admin/ip-rules")).status).toBe(200);
  expect((await mia.ask("/admin/settings")).status).toBe(403);
  const sessions = (await owner.ask(`${path}/sessions`)).json as SessionList;
  expect(sessions.sessions).toHaveLength(1);
  expect((await mia.ask(`/admin/people/${owner.id}/sessions`)).status).toBe(403);
  const again = (await createToken(app.ctx, { handle: "mia", name: "second" })).sessionId;
  const one = { method: "DELETE" };
  expect((await owner.ask(`/admin/people/${owner.id}/sessions/${again}`, one)).status).toBe(404);
  expect((await owner.ask(`${path}/sessions/${again}`, one)).status).toBe(204);
  expect((await owner.ask(`${path}/sessions/${again}`, one)).status).toBe(404);
  const socket = await app.socket(mia.token);
  expect((await change({ state: "suspended" })).json).toMatchObject({ state: "suspended" });
  expect(await socket.closed()).toBe(4401);
  expect((await mia.ask("/me/own")).status).toBe(401);
  const actor = { headers: { accept: "application/activity+json" } };
  expect((await app.request(`/users/${mia.id}`, actor)).status).toBe(404);
  const finger = "/.well-known/webfinger?resource=acct:mia@";
  expect((await app.request(finger + new URL(app.origin).host)).status).toBe(404);
  expect((await change({ state: "active" })).json).toMatchObject({ state: "active" });
  for (const wrong of [{}, { role: "king" }, { role: "member", state: "active" }, { state: "deleted" }])
    expect([wrong, (await change(wrong)).status]).toEqual([wrong, 422]);
  const last = await owner.askAnew(`/admin/people/${owner.id}`, {
    method: "PATCH",
    json: { role: "member" },
  });
  expect([last.status, last.json]).toMatchObject([409, { error: "last_owner" }]);
  const unknown = await owner.askAnew(`/admin/people/${crypto.randomUUID()}`, {
    method: "PATCH",
    json: { role: "member" },
  });
  expect(unknown.status).toBe(404);
});

test("people and entries of the log come by pages, each once", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  for (const handle of ["ann", "anton", "bo"]) await staff(app, handle, "member");
  const found: string[] = [];
  let after = "";
  for (let pages = 0; pages < 9 && !(pages > 0 && after === ""); pages += 1) {
    const { json } = await owner.ask(`/admin/people?limit=2${after}`);
    const { people, next } = json as AdminPeoplePage;
    found.push(...people.map(({ handle }) => handle));
    after = next === null ? "" : `&after=${next}`;
  }
  expect(found).toEqual(["owner", "ann", "anton", "bo"]);
  const named = (await owner.ask("/admin/people?q=@AN")).json as AdminPeoplePage;
  expect(named.people.map(({ handle }) => handle)).toEqual(["ann", "anton"]);
  for (const level of ["silence", "suspend"] as const)
    expect((await owner.ask("/admin/servers/B.example", { method: "PUT", json: { level } })).status).toBe(
      200,
    );
  expect((await owner.ask("/admin/servers/b.example", { method: "DELETE" })).status).toBe(204);
  const first = (await owner.ask("/admin/audit?limit=2")).json as AuditPage;
  const second = (await owner.ask(`/admin/audit?limit=2&after=${first.next}`)).json as AuditPage;
  const entries = [...first.entries, ...second.entries].slice(0, 3);
  expect(entries.map(({ action, details, actorId }) => [action, details, actorId])).toEqual([
    ["server.forgotten", { host: "b.example" }, owner.id],
    ["server.decided", { host: "b.example", level: "suspend" }, owner.id],
    ["server.decided", { host: "b.example", level: "silence" }, owner.id],
  ]);
  expect(entries[0]?.address).toEqual(expect.stringMatching(/^(127\.0\.0\.1|::1)$/));
  const nobodys = (await owner.ask(`/admin/audit?person=${crypto.randomUUID()}`)).json as AuditPage;
  expect(nobodys.entries).toEqual([]);
});

test("roles, networks and settings are decided over the API, and a rule about a network is taken back", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const permissions = ["write", "begin"];
  const roles = await owner.askAnew("/admin/roles", { method: "PUT", json: { role: "bot", permissions } });
  expect((roles.json as AdminRoles).roles.find(({ role }) => role === "bot")?.permissions).toEqual(
    permissions,
  );
  const rule = { network: "192.0.2.9/24", verdict: "deny", doors: ["api"] };
  const made = await owner.ask("/admin/ip-rules", { json: rule });
  expect([made.status, made.json]).toMatchObject([
    201,
    { ...rule, network: "192.0.2.0/24", createdBy: owner.id },
  ]);
  const headers = { "x-forwarded-for": "192.0.2.1" };
  expect((await owner.ask("/admin/ip-rules", { headers })).status).toBe(403);
  const { id } = made.json as IpRule;
  expect((await owner.ask(`/admin/ip-rules/${id}`, { method: "DELETE" })).status).toBe(204);
  expect((await owner.ask(`/admin/ip-rules/${id}`, { method: "DELETE" })).status).toBe(404);
  expect((await owner.ask("/admin/ip-rules", { headers })).json).toEqual({ rules: [] });
  for (const [wrong, field] of [
    [{ ...rule, network: "10/8" }, "network"],
    [{ ...rule, doors: ["window"] }, "doors.0"],
    [{ ...rule, expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
  ] as const)
    expect((await owner.ask("/admin/ip-rules", { json: wrong })).json).toMatchObject({ field });
  const change = { method: "PATCH", json: { registration: "closed" } };
  expect((await owner.ask("/admin/settings", change)).json).toEqual({ registration: "closed" });
  expect((await owner.ask("/admin/settings")).json).toEqual({ registration: "closed" });
});

test("a bearer alone makes nobody an owner, changes no role and opens no way into an account", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const mia = await staff(app, "mia", "member");
  const deeds = [
    [`/admin/people/${mia.id}`, { method: "PATCH", json: { role: "owner" } }, 200],
    ["/admin/roles", { method: "PUT", json: { role: "member", permissions: ["people"] } }, 200],
    [`/admin/people/${mia.id}/reset-link`, { method: "POST" }, 201],
  ] as const;
  const strangers = { confirmation: await confirmed(app, mia) };
  for (const [path, options, status] of deeds) {
    for (const headers of [{}, { confirmation: "made up" }, strangers])
      expect((await owner.ask(path, { ...options, headers })).json).toMatchObject({ error: "confirm_first" });
    expect([path, (await owner.askAnew(path, options)).status]).toEqual([path, status]);
  }
  expect((await owner.ask("/admin/audit?limit=3")).json).toMatchObject({
    entries: [{ action: "reset-link.made" }, { action: "role.changed" }, { action: "role.given" }],
  });
});

test("the overview shows each the parts that they may look at, and everybody learns what they may do", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const mod = await staff(app, "mod", "moderator");
  const mia = await staff(app, "mia", "member");
  await mod.ask(`/admin/people/${mia.id}`, { method: "PATCH", json: { state: "suspended" } });
  await owner.ask("/admin/sign-up-codes", { json: {} });
  await owner.ask("/admin/servers/b.example", { method: "PUT", json: { level: "silence" } });
  const whole = { people: { active: 2, suspended: 1 }, requests: 0, codes: 1, ipRules: 0, servers: 1 };
  expect((await owner.ask("/admin/overview")).json).toMatchObject({ registration: "open", ...whole });
  const { permissions } = (await mod.ask("/me")).json as Me;
  expect(permissions).toEqual(expect.arrayContaining(["people", "ip-rules"]));
  expect(permissions).not.toContain("settings");
  expect((await mod.ask("/admin/overview")).json).toMatchObject(whole);
  const less = { role: "moderator", permissions: ["write", "invite"] };
  expect((await owner.askAnew("/admin/roles", { method: "PUT", json: less })).status).toBe(200);
  const nothing = { people: null, requests: null, ipRules: null, servers: null };
  expect((await mod.ask("/admin/overview")).json).toMatchObject({ codes: 1, ...nothing });
});

test("the log is looked through by kind and by handle, and names people as they are called now", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const mia = await staff(app, "mia", "member");
  const change = (state: string) =>
    owner.ask(`/admin/people/${mia.id}`, { method: "PATCH", json: { state } });
  await change("suspended");
  await change("active");
  const read = async (query: string) => (await owner.ask(`/admin/audit?${query}`)).json as AuditPage;
  const named = { actorHandle: "owner", handle: "mia" };
  expect((await read("action=person.restored")).entries).toMatchObject([
    { action: "person.restored", ...named },
  ]);
  expect((await read("handle=@Mia")).entries.map(({ action }) => action)).toEqual([
    "person.restored",
    "person.suspended",
    "session.began",
  ]);
  expect(await read("handle=nobody")).toMatchObject({ error: "not_found", field: "handle" });
  expect(await read("action=anything")).toMatchObject({ error: "invalid", field: "action" });
});

test("no route for those who run the server leads to a private message, nor does any other to one of others", async () => {
  const app = await startApp();
  const owner = await staff(app, "owner", "owner");
  const [ann, bo] = [await staff(app, "ann", "member"), await staff(app, "bo", "member")];
  const canary = `canary-${crypto.randomUUID()}`;
  const begun = await ann.ask("/conversations", { json: { address: "@bo" } });
  const conversation = (begun.json as ConversationView).conversation.id;
  const said = await ann.ask(`/conversations/${conversation}/messages`, {
    json: { key: "k", text: canary },
  });
  const message = (said.json as Sent).message.id;
  await ann.ask(`/conversations/${conversation}/draft`, { method: "PUT", json: { text: canary } });
  await owner.askAnew(`/admin/people/${bo.id}`, { method: "PATCH", json: { role: "moderator" } });
  const { json } = await app.request(`${base}/openapi.json`);
  const { paths } = json as { paths: Record<string, Record<string, unknown>> };
  const readable = Object.entries(paths).filter(
    ([path, methods]) => path.startsWith(base) && methods["get"] !== undefined,
  );
  expect(readable.length).toBeGreaterThan(20);
  for (const [path] of readable) {
    for (const id of [conversation, message, ann.id, bo.id]) {
      const address = path.slice(base.length).replaceAll(/\{\w+\}/g, id);
      for (const query of [
        "",
        "?limit=100",
        `?ids=${conversation}`,
        `?q=${canary}`,
        `?person=${ann.id}`,
        "?after=0",
      ]) {
        const { text } = await owner.ask(address + query);
        expect([address + query, text.includes(canary)]).toEqual([address + query, false]);
      }
    }
  }
  const rows = await app.connection.sql`select details::text as details from audit_entry`;
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(canary);
});
