import { expect, test } from "vitest";
import type { ConversationView, MessagePage } from "#protocol/api.ts";
import { startApp } from "../../../test/helpers/app.ts";
import { base, begin, say } from "../../../test/helpers/talk.ts";

test("a conversation is begun once, found again, and its history is read by pages", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const address = `@bo@${new URL(app.origin).host}`;
  const first = await app.request(`${base}/conversations`, { token: ann.token, json: { address: "@bo" } });
  const again = await app.request(`${base}/conversations`, { token: ann.token, json: { address } });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.json).toEqual(first.json);
  const { id } = (first.json as ConversationView).conversation;
  for (let i = 1; i <= 5; i += 1) await say(app, i % 2 ? ann : bo, [id, `${i}`]);
  const read = async (query: string) => {
    const { json } = await app.request(`${base}/conversations/${id}/messages?${query}`, { token: ann.token });
    const { messages, hasBefore, hasAfter } = json as MessagePage;
    return [messages.map(({ body }) => (body as { text: string }).text).join(""), hasBefore, hasAfter];
  };
  expect(await read("limit=2")).toEqual(["45", true, false]);
  expect(await read("limit=2&before=4")).toEqual(["23", true, true]);
  expect(await read("limit=2&before=2")).toEqual(["1", false, true]);
  expect(await read("limit=2&after=2")).toEqual(["34", true, true]);
  expect(await read("limit=2&around=3")).toEqual(["23", true, true]);
});

test("what somebody chose for all conversations and for one is told to them alone", async () => {
  const app = await startApp();
  const [ann, bo] = [await app.person("ann"), await app.person("bo")];
  const conversation = await begin(app, ann, "@bo");
  const status = { text: "away", until: "2126-01-01T00:00:00.000Z" };
  const change = { method: "PATCH", json: { presence: false, status } };
  const preferences = await app.request(`${base}/me/preferences`, { ...change, token: ann.token });
  const expected = { receipts: true, typing: true, presence: false, invisible: false, status };
  expect(preferences.json).toEqual(expected);
  const path = `${base}/conversations/${conversation}/membership`;
  const json = { sharing: { receipts: false, typing: null } };
  const membership = await app.request(path, { method: "PATCH", token: ann.token, json });
  expect(membership.json).toMatchObject({ sharing: { receipts: false, typing: null, presence: null } });
  const [own, others] = [
    await app.request(`${base}/me/own`, { token: ann.token }),
    await app.request(`${base}/me/own`, { token: bo.token }),
  ];
  const none = { relations: [], folders: [], invitations: [] };
  const person = expect.objectContaining({ id: ann.id, handle: "ann" }) as unknown;
  expect(own.json).toEqual({ number: 2, person, preferences: expected, ...none });
  expect(others.json).toMatchObject({ number: 0, preferences: { presence: true, status: null } });
});

test("a bad body or query is answered 422 and names the field; nothing changes", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  const bo = await app.person("bo");
  const conversation = await begin(app, ann, "@bo");
  const { message } = await say(app, ann, [conversation, "one"]);
  const path = `${base}/conversations/${conversation}`;
  const { token } = ann;
  const faults: [string, object, string][] = [
    [`${path}/messages`, { json: { key: "k" } }, "text"],
    [`${path}/messages`, { json: { text: "x" } }, "key"],
    [`${path}/messages`, { json: { key: "k", text: 5 } }, "text"],
    [`${path}/messages`, { json: { key: "k", text: "  " } }, "text"],
    [`${path}/messages`, { json: { key: "k", text: "x".repeat(5_001) } }, "text"],
    [`${path}/messages`, { json: { key: "k".repeat(101), text: "x" } }, "key"],
    [`${path}/messages`, { json: { key: "k", text: "x", extra: 1 } }, "extra"],
    [`${path}/messages`, { json: { key: "k", text: "x", inReplyTo: "y" } }, "inReplyTo"],
    [`${path}/messages`, { json: { key: "k", text: "x", inReplyTo: crypto.randomUUID() } }, "inReplyTo"],
    [`${path}/draft`, { method: "PUT", json: { text: " " } }, "text"],
    [`${path}/draft`, { method: "PUT", json: { text: "x", inReplyTo: crypto.randomUUID() } }, "inReplyTo"],
    [`${path}/membership`, { method: "PATCH", json: { mute: { mode: "some", until: null } } }, "mute.mode"],
    [`${path}/membership`, { method: "PATCH", json: { folderIds: ["x"] } }, "folderIds.0"],
    [`${base}/me/folders`, { json: { name: "x".repeat(51) } }, "name"],
    [`${base}/me/folders`, { json: { name: " " } }, "name"],
    [`${path}/messages?limit=-1`, {}, "limit"],
    [`${path}/messages?limit=1e3`, {}, "limit"],
    [`${path}/messages?before=1&after=2`, {}, "after"],
    [`${path}/messages?date=yesterday`, {}, "date"],
    [`${path}/messages?date=2026-02-30`, {}, "date"],
    [`${path}/messages?date=0000-01-01`, {}, "date"],
    [`${path}/messages?date=2026-01-01&before=1`, {}, "date"],
    [`${path}/changes`, {}, "after"],
    [`${path}/read`, { json: { position: -1 } }, "position"],
    [`${path}/read`, { json: { position: 2 } }, "position"],
    [`${base}/messages/${message.id}`, { method: "PATCH", json: { text: "" } }, "text"],
    [`${base}/messages/${message.id}?for=us`, { method: "DELETE" }, "for"],
    [`${base}/conversations`, { json: { address: "@" } }, "address"],
    [`${base}/conversations`, { json: { address: "@nobody" } }, "address"],
    [`${base}/conversations`, { json: { address: "@ann" } }, "address"],
    [`${base}/conversations?before=x`, {}, "before"],
    [`${base}/me/saved?before=x`, {}, "before"],
    [`${base}/messages/${message.id}/reactions/no`, { method: "PUT" }, "emoji"],
    [`${path}/messages`, { json: { key: "k", text: "x", forward: message.id } }, "text"],
    [`${base}/conversations?state=all`, {}, "state"],
    [`${base}/people/${bo.id}/block`, { method: "PUT", json: { kind: "loud" } }, "kind"],
    [`${base}/people/${bo.id}/mute`, { method: "PUT", json: { until: "soon" } }, "until"],
    [`${path}/membership`, { method: "PATCH", json: { sharing: { receipts: 1 } } }, "sharing.receipts"],
    [`${base}/me/preferences`, { method: "PATCH", json: { receipts: null } }, "receipts"],
    [`${base}/me/preferences`, { method: "PATCH", json: { colour: "red" } }, "colour"],
    [
      `${base}/me/preferences`,
      { method: "PATCH", json: { status: { text: "x".repeat(101), until: null } } },
      "status.text",
    ],
    [`${path}/links`, { json: { uses: 0 } }, "uses"],
    [`${path}/links`, { json: { expiresAt: "soon" } }, "expiresAt"],
    [`${path}/links`, { json: { expiresAt: "2020-01-01T00:00:00Z" } }, "expiresAt"],
    [`${path}/invitations`, { json: {} }, "address"],
    [`${path}/invitations`, { json: { address: "@nobody" } }, "address"],
    [`${base}/sync?after=x`, {}, "after"],
    [`${base}/me/changes?after=x`, {}, "after"],
    [`${base}/me/confirm`, { json: { totp: "000000" } }, "totp"],
  ];
  for (const [url, options, field] of faults) {
    const { status, json } = await app.request(url, { token, ...options });
    expect([url, options, status, json]).toMatchObject([url, options, 422, { field }]);
  }
  const { json } = await app.request(`${path}/messages`, { token });
  expect((json as MessagePage).messages.map(({ id, revision }) => [id, revision])).toEqual([[message.id, 2]]);
});

test("a page is never larger than 100, however much is asked for", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  await app.person("bo");
  const conversation = await begin(app, ann, "@bo");
  await Promise.all(Array.from({ length: 101 }, (_, i) => say(app, ann, [conversation, `${i}`])));
  const path = `${base}/conversations/${conversation}/messages?limit=1000000000`;
  const { json } = await app.request(path, { token: ann.token });
  expect((json as MessagePage).messages).toHaveLength(100);
});

test("only a bearer token in the header counts: none, wrong, in the query, in a cookie, in the body get 401", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const tries = [
    {},
    { token: "luc_wrong" },
    { headers: { authorization: `Basic ${token}` } },
    { headers: { cookie: `__Host-refresh=${token}; access_token=${token}` } },
    {
      method: "POST",
      body: `access_token=${token}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
  ];
  for (const options of tries) {
    for (const path of ["/me", "/conversations", `/me?access_token=${token}`]) {
      const { status, json, headers } = await app.request(base + path, options);
      if (status === 404 && "method" in options) continue;
      expect([path, status, json]).toMatchObject([path, 401, { error: "unauthorized" }]);
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
  }
});

test("every route of the API but the description and the server's card asks for a token", async () => {
  const app = await startApp();
  const { json } = await app.request(`${base}/openapi.json`);
  const { paths } = json as { paths: Record<string, Record<string, { security?: unknown[] }>> };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({ path, method, open: security?.length === 0 })),
  );
  expect(operations.length).toBeGreaterThan(15);
  for (const { path, method, open } of operations) {
    if (!path.startsWith(base)) continue;
    const { status } = await app.request(path.replaceAll("{id}", crypto.randomUUID()), {
      method: method.toUpperCase(),
    });
    expect([method, path, status]).toEqual([method, path, open ? 200 : 401]);
  }
});

test("too much is 413, what is no JSON is 422, and an unknown address is 404", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const headers = { "content-type": "application/json" };
  const broken = await app.request(`${base}/conversations`, { token, method: "POST", body: "{", headers });
  const unknown = await app.request(`${base}/nothing`, { token });
  // Last: a server that answers before it has read everything may close the connection.
  const large = await app.request(`${base}/conversations`, { token, json: { address: "x".repeat(300_000) } });
  expect([large.status, unknown.status]).toEqual([413, 404]);
  expect([broken.status, broken.json]).toMatchObject([422, { field: "body" }]);
});

test("answers are never stored by caches and carry the security headers", async () => {
  const app = await startApp();
  const { headers } = await app.request(`${base}/server`);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await app.request("/");
  expect(page.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
});

test("looking people up is bounded, and the answer says how long to wait", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const lookUp = () => app.request(`${base}/conversations`, { token, json: { address: "@nobody" } });
  for (let i = 0; i < 30; i += 1) expect((await lookUp()).status).toBe(422);
  const { status, json, headers } = await lookUp();
  expect([status, json]).toMatchObject([429, { error: "too_many" }]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
});
