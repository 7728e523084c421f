import { expect, test } from "vitest";
import { forgetExpired } from "#domain/housekeeping.ts";
import type { AllowedAppList, Consent } from "#protocol/apps.ts";
import { startApp } from "../../../test/helpers/app.ts";
import {
  anotherAddress,
  exchange,
  letIn,
  look,
  proofKey,
  registerApp,
  sitDown,
  tokenFor,
  usualRequest,
} from "../../../test/helpers/oauth.ts";

test("an app is let in, acts for somebody, is seen by them, and gives its token back", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  const client = await registerApp(app, { website: "https://app.example" });
  const seat = await sitDown(app, ann);
  const looked = await look(app, seat, { ...usualRequest(client), state: "a b&c" });
  expect(looked.json).toMatchObject({
    app: { name: "An App", website: "https://app.example" },
    scopes: ["read", "write"],
    returnsTo: "app.example",
  });
  const back = await letIn(app, seat, { ...usualRequest(client), state: "a b&c" });
  expect(`${back.origin}${back.pathname}`).toBe("https://app.example/back");
  const { x, code = "", state, iss } = Object.fromEntries(back.searchParams);
  expect([x, state, iss]).toEqual(["1", "a b&c", app.origin]);
  const { status, json } = await exchange(app, client, { code });
  expect(status).toBe(200);
  const given = json as { access_token: string; created_at: number };
  expect(json).toEqual({ ...given, token_type: "Bearer", scope: "read write" });
  expect(Math.abs(given.created_at - Date.now() / 1000)).toBeLessThan(60);
  const token = given.access_token;
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(200);
  expect((await app.request("/api/v1/apps/verify_credentials", { token })).json).toMatchObject({
    name: "An App",
    redirect_uris: [client.redirectUri],
  });
  const { apps } = (await app.request("/api/chat/v1/me/apps", seat)).json as AllowedAppList;
  expect(apps).toMatchObject([{ id: client.id, sessions: 1, scopes: ["read", "write"] }]);
  const own = { client_id: client.clientId, client_secret: client.secret, token };
  expect((await app.request("/oauth/revoke", { json: own })).json).toEqual({});
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(401);
  expect((await app.request("/api/chat/v1/me/apps", seat)).json).toEqual({ apps: [] });
});

test.each(["json", "form", "multipart"] as const)("apps may write %s", async (kind) => {
  const app = await startApp();
  const uris = ["https://app.example/one", "app.example:/two"];
  const send = (path: string, fields: [string, string][]) => {
    const headers = anotherAddress();
    if (kind === "json") {
      const json = Object.fromEntries(fields.filter(([name]) => !name.endsWith("[]")));
      const listed = fields.filter(([name]) => name.endsWith("[]")).map(([, value]) => value);
      return app.request(path, {
        json: listed.length > 0 ? { ...json, redirect_uris: listed } : json,
        headers,
      });
    }
    const form = kind === "form" ? new URLSearchParams(fields) : new FormData();
    if (form instanceof FormData) for (const [name, value] of fields) form.append(name, value);
    return fetch(app.origin + path, { method: "POST", body: form, headers }).then(async (answer) => {
      return { status: answer.status, json: (await answer.json()) as unknown };
    });
  };
  const lines = await send("/api/v1/apps", [
    ["client_name", "Lines"],
    ["redirect_uris", uris.join("\n")],
  ]);
  expect([lines.status, lines.json]).toMatchObject([200, { redirect_uris: uris, scopes: ["read"] }]);
  const list = await send("/api/v1/apps", [
    ["client_name", "List"],
    ...uris.map((uri): [string, string] => ["redirect_uris[]", uri]),
  ]);
  expect([list.status, list.json]).toMatchObject([200, { redirect_uris: uris, website: null }]);
  const { client_id: id, client_secret: secret } = list.json as Record<string, string>;
  const token = await send("/oauth/token", [
    ["grant_type", "client_credentials"],
    ["client_id", id ?? ""],
    ["client_secret", secret ?? ""],
  ]);
  expect([token.status, token.json]).toMatchObject([200, { scope: "read", expires_in: 86_400 }]);
});

test("an app that keeps no secret proves by S256 that the code is its own", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const redirect_uris = "app.example:/back";
  const client = await registerApp(app, { redirect_uris, token_endpoint_auth_method: "none" });
  expect(client.secret).toBeNull();
  const { verifier, asked } = proofKey();
  const without = await look(app, seat, usualRequest(client));
  expect([without.status, without.json]).toMatchObject([400, { error: "invalid_request" }]);
  const back = await letIn(app, seat, { ...usualRequest(client), ...asked });
  expect(back.href).toMatch(/^app\.example:\/back\?code=luc_[\w-]{43}&iss=/);
  const code = back.searchParams.get("code") ?? "";
  for (const wrong of [undefined, proofKey().verifier, "short", `${verifier}x`]) {
    const { status, json } = await exchange(app, client, { code, code_verifier: wrong });
    expect([status, json]).toMatchObject([400, { error: "invalid_grant" }]);
  }
  expect((await exchange(app, client, { code, code_verifier: verifier })).status).toBe(200);
});

test("a code is shown where an app can be sent none", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const client = await registerApp(app, { redirect_uris: "urn:ietf:wg:oauth:2.0:oob" });
  const { returnsTo } = (await look(app, seat, usualRequest(client))).json as Consent;
  expect(returnsTo).toBeNull();
  const shown = await letIn(app, seat, usualRequest(client));
  expect(shown.origin + shown.pathname).toBe(`${app.origin}/oauth/authorize/native`);
  const code = shown.searchParams.get("code") ?? "";
  expect((await exchange(app, client, { code })).status).toBe(200);
});

test("a code counts once: a second exchange ends what the first began, also of two at the same time", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const client = await registerApp(app);
  const code = (await letIn(app, seat, usualRequest(client))).searchParams.get("code") ?? "";
  const both = await Promise.all([exchange(app, client, { code }), exchange(app, client, { code })]);
  const [first, second] = both.toSorted((a, b) => a.status - b.status);
  expect([first?.status, second?.status]).toEqual([200, 400]);
  const { access_token: token = "" } = first!.json as Record<string, string>;
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(401);
});

test("a token does what it was given for, and nothing of signing in or running the server", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  await app.person("bo");
  const client = await registerApp(app, { scopes: "read write follow push profile" });
  const [reads, writes, one] = [
    await tokenFor(app, seat, { client, scope: "chat:read" }),
    await tokenFor(app, seat, { client, scope: "write" }),
    await tokenFor(app, seat, { client, scope: "read:statuses profile" }),
  ];
  const list = "/api/chat/v1/conversations";
  const ask = async (token: string, method = "GET", path = list) => {
    const json = method === "GET" ? {} : { json: { address: "@bo" } };
    return await app.request(path, { token, method, ...json });
  };
  expect((await ask(reads)).status).toBe(200);
  expect((await ask(writes, "POST")).status).toBe(201);
  const refused = [
    await ask(reads, "POST"),
    await ask(writes),
    await ask(one),
    ...(await Promise.all(
      ["/me/apps", "/me/sessions", "/admin/people"].map((path) => ask(reads, "GET", `/api/chat/v1${path}`)),
    )),
  ];
  for (const { status, json } of refused)
    expect([status, json]).toMatchObject([403, { error: "insufficient_scope" }]);
  expect(refused.map(({ headers }) => headers.get("www-authenticate"))).toEqual(
    ["chat:write", "chat:read", "chat:read", "account", "account", "admin"].map(
      (scope) => `Bearer error="insufficient_scope", scope="${scope}"`,
    ),
  );
  await expect(app.socket(one)).rejects.toThrow("403");
  await app.socket(reads);
});

test("introspection tells an app of its own tokens only", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  const seat = await sitDown(app, ann);
  const [client, other] = [await registerApp(app), await registerApp(app)];
  const token = await tokenFor(app, seat, { client, scope: "read" });
  const inspect = (by: typeof client, asked: string) => {
    const credentials = Buffer.from(`${by.clientId}:${by.secret}`).toString("base64");
    const headers = {
      authorization: `Basic ${credentials}`,
      "content-type": "application/x-www-form-urlencoded",
    };
    return app.request("/oauth/introspect", { method: "POST", body: `token=${asked}`, headers });
  };
  expect((await inspect(client, token)).json).toMatchObject({
    active: true,
    scope: "read",
    client_id: client.clientId,
    username: "ann",
    sub: `${app.origin}/users/${ann.id}`,
    iss: app.origin,
  });
  for (const [by, asked] of [
    [other, token],
    [client, seat.token],
    [client, ann.token],
    [client, "x"],
  ] as const) {
    expect((await inspect(by, asked)).json).toEqual({ active: false });
  }
  const wrong = await inspect({ ...client, secret: other.secret }, token);
  expect([wrong.status, wrong.json]).toMatchObject([401, { error: "invalid_client" }]);
  expect(wrong.headers.get("www-authenticate")).toBe(`Basic realm="apps"`);
  const given = { client_id: other.clientId, client_secret: other.secret, token };
  expect((await app.request("/oauth/revoke", { json: given })).status).toBe(200);
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(200);
});

test("what apps find by themselves is true, and every page may ask", async () => {
  const app = await startApp();
  const { json, headers } = await app.request("/.well-known/oauth-authorization-server");
  const { issuer, ...found } = json as Record<string, string>;
  expect(issuer).toBe(app.origin);
  const page = await app.request(new URL(found["authorization_endpoint"] ?? "").pathname);
  expect(page.headers.get("content-type")).toMatch("text/html");
  expect(headers.get("access-control-allow-origin")).toBe("*");
  const posted = [
    "token_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "app_registration_endpoint",
  ];
  for (const name of posted) {
    const { pathname } = new URL(found[name] ?? "");
    const origin = "https://app.example";
    const asked = await app.request(pathname, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect(asked.headers.get("access-control-allow-headers")).toBe("authorization");
    const answered = await app.request(pathname, { json: {}, headers: { origin, ...anotherAddress() } });
    expect([answered.status >= 400, answered.status < 500]).toEqual([true, true]);
    expect(answered.headers.get("access-control-allow-origin")).toBe("*");
    expect(answered.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answered.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  }
});

test("whoever takes everything from an app ends its sessions and its sockets; a foreign app is as unknown as none", async () => {
  const app = await startApp();
  const [ann, eve] = [
    await sitDown(app, await app.person("ann")),
    await sitDown(app, await app.person("eve")),
  ];
  const client = await registerApp(app);
  const token = await tokenFor(app, ann, { client, scope: "read" });
  const socket = await app.socket(token);
  const path = `/api/chat/v1/me/apps/${client.id}`;
  const foreign = await app.request(path, { ...eve, method: "DELETE" });
  expect(foreign.status).toBe(404);
  expect((await app.request(path, { ...ann, method: "DELETE" })).status).toBe(204);
  expect(await socket.closed()).toBe(4401);
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(401);
  expect((await app.request(path, { ...ann, method: "DELETE" })).json).toEqual(foreign.json);
});

test("an app that got no token is forgotten after a day, and one that did is not", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const [used, unused] = [await registerApp(app), await registerApp(app)];
  const token = await tokenFor(app, seat, { client: used, scope: "read" });
  const later = (hours: number) => {
    return { ...app.ctx, now: () => new Date(Date.now() + hours * 3_600_000) };
  };
  await forgetExpired(later(23));
  expect((await look(app, seat, usualRequest(unused))).status).toBe(200);
  await forgetExpired(later(25));
  expect((await look(app, seat, usualRequest(unused))).json).toMatchObject({ error: "invalid_client" });
  expect((await app.request("/api/chat/v1/me/own", { token })).status).toBe(200);
});
