import { expect, test } from "vitest";
import { forgetExpired } from "#domain/housekeeping.ts";
import { type Answer, startApp, type TestApp } from "../helpers/app.ts";
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
} from "../helpers/oauth.ts";

const own = "/api/chat/v1/me/own";

async function register(app: TestApp, fields: Record<string, unknown>) {
  const json = { client_name: "x", redirect_uris: "https://app.example/", ...fields };
  return await app.request("/api/v1/apps", { json, headers: anotherAddress() });
}

test("CL-04: a token in a query, a cookie or a body is none", async () => {
  const app = await startApp();
  const { token } = await app.person("ann");
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const path of [own, "/api/v1/apps/verify_credentials", "/api/chat/v1/me/apps"]) {
    expect((await app.request(`${path}?access_token=${token}`)).status).toBe(401);
    for (const name of ["token", "access_token", "__Host-refresh", "Authorization"]) {
      const headers = { cookie: `${name}=${token}` };
      expect((await app.request(path, { headers })).status).toBe(401);
    }
  }
  const read = "/api/chat/v1/me/read-all";
  const body = `access_token=${token}`;
  expect((await app.request(read, { method: "POST", body, headers: form })).status).toBe(401);
  expect((await app.request(read, { json: { access_token: token } })).status).toBe(401);
  expect((await app.request(own, { headers: { authorization: `Basic ${btoa(`${token}:`)}` } })).status).toBe(
    401,
  );
});

test("CL-10: no address is named that a browser would run, or that leads back here or over an open line", async () => {
  const app = await startApp();
  const { host } = new URL(app.origin);
  const refused = [
    "javascript:alert(1)//",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/1",
    "view-source:https://app.example/",
    "http://app.example/",
    "http://localhost.evil.example/",
    `http://${host}/`,
    `${app.origin}/api/docs`,
    `https://${host}/@ann`,
    "//evil.example/",
    "/back",
    "https://",
    "https://user:password@app.example/",
    "https://app.example/#part",
    "https://app.example/\\evil",
    "https://app.example/<script>",
  ];
  for (const uri of refused) {
    const { status, json } = await register(app, { redirect_uris: [uri] });
    expect([uri, status, json]).toMatchObject([uri, 422, { error: "redirect_invalid" }]);
  }
  const taken = [
    "app.example:/back",
    "tusky://login",
    "http://127.0.0.1:8765/x",
    "http://localhost:1/",
    "https://[2001:db8::1]/x",
  ];
  for (const uri of taken)
    expect([uri, (await register(app, { redirect_uris: [uri] })).status]).toEqual([uri, 200]);
});

test("CL-10: a code goes to an address that was named, letter by letter, and a faulty request goes nowhere", async () => {
  const app = await startApp({ limits: { consent: 1_000 } });
  const seat = await sitDown(app, await app.person("ann"));
  const named = ["https://app.example/back", "http://127.0.0.1:8765/back", "app.example://back"];
  const client = await registerApp(app, { redirect_uris: named });
  const usual = usualRequest(client);
  const others = [
    "https://app.example/back/",
    "https://app.example/back?x=1",
    "https://app.example/bac",
    "https://app.example/backwards",
    "https://app.example/Back",
    "HTTPS://app.example/back",
    "https://app.example:443/back",
    "https://app.example/%62ack",
    "https://app.example/back#x",
    "https://app.example/back ",
    "https://app.example@evil.example/back",
    "https://app.example.evil.example/back",
    "https://evil.example/https://app.example/back",
    "//app.example/back",
    "//evil.example/",
    "http://app.example/back",
    "http://127.0.0.1:8766/back",
    "http://127.0.0.1/back",
    "http://localhost:8765/back",
    "APP.example://back",
    "javascript:alert(1)",
    named.join(" "),
    named.join("\n"),
  ];
  for (const redirect_uri of others) {
    const { status, json } = await look(app, seat, { ...usual, redirect_uri });
    expect([redirect_uri, status, json]).toMatchObject([redirect_uri, 422, { error: "redirect_invalid" }]);
  }
  for (const redirect_uri of named)
    expect((await look(app, seat, { ...usual, redirect_uri })).status).toBe(200);
  const { asked } = proofKey();
  const faults: [Record<string, string>, string][] = [
    [{ client_id: "unknown" }, "invalid_client"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ scope: "everything" }, "invalid_scope"],
    [{ scope: "read follow" }, "invalid_scope"],
    [{ ...asked, code_challenge_method: "plain" }, "invalid_request"],
    [{ code_challenge: asked["code_challenge"] ?? "" }, "invalid_request"],
    [{ ...asked, code_challenge: "short" }, "invalid_request"],
    [{ code_challenge_method: "S256" }, "invalid_request"],
  ];
  for (const [fault, error] of faults) {
    const { json, headers } = await look(app, seat, { ...usual, ...fault });
    expect([fault, json, headers.get("location")]).toMatchObject([fault, { error }, null]);
  }
  const page = await app.request(`/oauth/authorize?client_id=x&redirect_uri=https://evil.example/`);
  expect([page.status, page.headers.get("location")]).toEqual([200, null]);
});

test("CL-10: a code is worth nothing to another app, at another address, with another proof, or late", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const uris = ["https://app.example/one", "https://app.example/two"];
  const [client, other] = [await registerApp(app, { redirect_uris: uris }), await registerApp(app)];
  const { verifier, asked } = proofKey();
  const codeOf = async (more: Record<string, string> = {}) =>
    (await letIn(app, seat, { ...usualRequest(client), ...more })).searchParams.get("code") ?? "";
  const code = await codeOf(asked);
  const tries = [
    await exchange(app, { ...other, redirectUri: client.redirectUri }, { code, code_verifier: verifier }),
    await exchange(app, client, { code, code_verifier: verifier, redirect_uri: uris[1] }),
    await exchange(app, client, { code }),
    await exchange(app, client, { code, code_verifier: asked["code_challenge"] }),
    await exchange(app, client, { code: "luc_unknown", code_verifier: verifier }),
    // Who did not announce a proof has none to show: somebody may have put their code into this request.
    await exchange(app, client, { code: await codeOf(), code_verifier: verifier }),
  ];
  for (const { status, json } of tries)
    expect([status, json]).toMatchObject([400, { error: "invalid_grant" }]);
  const wrong = await exchange(app, { ...client, secret: other.secret }, { code, code_verifier: verifier });
  const none = await exchange(app, { ...client, secret: null }, { code, code_verifier: verifier });
  for (const { status, json } of [wrong, none])
    expect([status, json]).toMatchObject([401, { error: "invalid_client" }]);
  await app.connection.sql`update authorization_code set expires_at = now() - interval '1 second'`;
  expect((await exchange(app, client, { code, code_verifier: verifier })).status).toBe(400);
});

test("CL-12: an app that says too much, the same twice, or what makes no sense is refused, and many are slowed down", async () => {
  const app = await startApp();
  const uri = "https://app.example/";
  const faults: Record<string, unknown>[] = [
    { client_name: "x".repeat(101) },
    { client_name: "" },
    { client_name: "a\u0000b" },
    { client_name: { toString: "x" } },
    { redirect_uris: Array.from({ length: 10_000 }, (_, i) => `a:${i}`) },
    { redirect_uris: Array.from({ length: 21 }, (_, i) => `${uri}${i}`).join("\n") },
    { redirect_uris: [] },
    { redirect_uris: "" },
    { redirect_uris: uri + "x".repeat(2_000) },
    { scopes: "read ".repeat(100_000 / 5) },
    { website: "javascript:alert(1)" },
    { website: uri + "x".repeat(2_000) },
  ];
  for (const fault of faults) {
    const { status, json } = await register(app, fault);
    expect([fault, status, json]).toMatchObject([fault, 422, { error: "invalid" }]);
  }
  for (const scopes of ["everything", "read everything", "account", "admin:read", "read\twrite"]) {
    expect((await register(app, { scopes })).json).toMatchObject({ error: "invalid_scope" });
  }
  const twice = "client_name=x&client_name=y&redirect_uris=https%3A%2F%2Fapp.example%2F";
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const form = { method: "POST", body: twice, headers: { ...headers, ...anotherAddress() } };
  expect((await app.request("/api/v1/apps", form)).status).toBe(400);
  const broken = { "content-type": "multipart/form-data; boundary=x", ...anotherAddress() };
  expect((await app.request("/api/v1/apps", { method: "POST", body: "y", headers: broken })).status).toBe(
    400,
  );
  expect((await register(app, { scopes: "read ".repeat(300) })).json).toMatchObject({ scopes: ["read"] });
  const before = await app.connection.sql`select count(*)::int as n from app`;
  const from = { "x-forwarded-for": "203.0.113.9" };
  const json = { client_name: "x", redirect_uris: uri };
  const many: Answer[] = [];
  for (let i = 0; i < 20; i += 1) {
    const some = Array.from({ length: 50 }, () => app.request("/api/v1/apps", { json, headers: from }));
    many.push(...(await Promise.all(some)));
  }
  expect(many.filter(({ status }) => status === 200)).toHaveLength(5);
  const slowed = many.filter(({ status }) => status === 429);
  expect(slowed).toHaveLength(995);
  expect(Number(slowed[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  const after = await app.connection.sql`select count(*)::int as n from app`;
  expect(after[0]?.["n"]).toBe(before[0]?.["n"] + 5);
  // Last, for the server hangs up.
  expect((await register(app, { client_name: "x".repeat(300_000) })).status).toBe(413);
});

test("CL-12: an app that never got a token is forgotten after a day, and no other", async () => {
  const app = await startApp();
  const [used, unused] = [await registerApp(app), await registerApp(app)];
  await tokenFor(app, await sitDown(app, await app.person("ann")), { client: used, scope: "read" });
  await app.connection.sql`update app set created_at = created_at - interval '24 hours 1 second'`;
  const young = await registerApp(app);
  await forgetExpired(app.ctx);
  const left = await app.connection.sql<{ id: string }[]>`select id from app`;
  expect(left.map(({ id }) => id).toSorted()).toEqual([used.id, young.id].toSorted());
  const gone = { grant_type: "client_credentials", client_id: unused.clientId, client_secret: unused.secret };
  const { status, json } = await app.request("/oauth/token", { json: gone, headers: anotherAddress() });
  expect([status, json]).toMatchObject([401, { error: "invalid_client" }]);
});
