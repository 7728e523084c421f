import { expect, test } from "vitest";
import { insertAccount } from "#db/accounts.ts";
import { openTicket } from "#domain/tickets.ts";
import { authenticate } from "#domain/tokens.ts";
import type { PersonId } from "#lib/ids.ts";
import type { AuditPage } from "#protocol/admin.ts";
import type { Issuer, IssuerList } from "#protocol/issuers.ts";
import { startApp, type RequestOptions, type TestApp } from "../../../../test/helpers/app.ts";

const base = "/api/chat/v1";

/** Somebody who owns a server, and has just shown once more who they are. */
async function owner(app: TestApp) {
  const person = await app.person("owner");
  const personId = person.id as PersonId;
  await insertAccount(app.ctx.db, { personId, role: "owner", createdAt: app.ctx.now() });
  const { sessionId } = await authenticate(app.ctx, person.token);
  const opened = { purpose: "confirmation", seconds: 300, personId, data: { sessionId } } as const;
  const confirmation = await openTicket(app.ctx, app.ctx.db, opened);
  return async (path: string, options: RequestOptions = {}) =>
    await app.request(base + path, { token: person.token, headers: { confirmation }, ...options });
}

const keycloak = {
  slug: "keycloak",
  name: "Keycloak",
  uri: "https://id.example/realms/chat",
  signsIn: true,
  clientId: "luciole",
  clientSecret: "a secret that nobody reads again",
};
const intranet = {
  slug: "intranet",
  name: "Intranet",
  uri: "the-intranet",
  acceptsTokens: true,
  audience: "chat",
  sharedKey: "a key of more than thirty-two bytes of text",
};

test("issuers are added, changed and removed; their secrets are never shown, and each step is noted", async () => {
  const app = await startApp();
  const ask = await owner(app);
  const made = await ask("/admin/issuers", { json: keycloak });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({
    slug: "keycloak",
    hasClientSecret: true,
    hasSharedKey: false,
    redirectUri: `${app.origin}/auth/providers/keycloak/callback`,
    algorithms: ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"],
    disabled: false,
  });
  expect((await ask("/admin/issuers", { json: intranet })).json).toMatchObject({ algorithms: ["HS256"] });
  const { id } = made.json as Issuer;
  const change = { method: "PATCH", json: { name: "Our Keycloak", disabled: true } };
  expect((await ask(`/admin/issuers/${id}`, change)).json).toMatchObject({
    name: "Our Keycloak",
    hasClientSecret: true,
    disabled: true,
  });
  const listed = await ask("/admin/issuers");
  expect((listed.json as IssuerList).issuers.map(({ slug }) => slug)).toEqual(["keycloak", "intranet"]);
  expect(listed.text + made.text).not.toMatch(/nobody reads|thirty-two/);
  expect((await ask(`/admin/issuers/${id}`, { method: "DELETE" })).status).toBe(204);
  expect((await ask(`/admin/issuers/${id}`, { method: "DELETE" })).status).toBe(404);
  const { entries } = (await ask("/admin/audit")).json as AuditPage;
  expect(entries.map(({ action, details }) => [action, details])).toEqual(
    expect.arrayContaining([
      ["issuer.removed", { slug: "keycloak" }],
      ["issuer.changed", { slug: "keycloak", disabled: true }],
      ["issuer.made", { slug: "intranet" }],
    ]),
  );
});

test("what no issuer can be is refused with the field at fault, and changes nothing", async () => {
  const app = await startApp();
  const ask = await owner(app);
  const kept = (await ask("/admin/issuers", { json: keycloak })).json as Issuer;
  const wrong: [object, string, string?][] = [
    [{ ...keycloak, slug: "Key Cloak" }, "slug"],
    [{ ...keycloak, slug: "-a" }, "slug"],
    [{ ...keycloak, uri: "http://id.example" }, "uri"],
    [{ ...keycloak, uri: "https://127.0.0.1" }, "uri"],
    [{ ...keycloak, uri: "https://id.example/?a=b" }, "uri"],
    [{ ...keycloak, uri: app.origin }, "uri"],
    [{ ...keycloak, clientId: null }, "clientId"],
    [{ ...keycloak, signsIn: false }, "signsIn"],
    [{ ...keycloak, algorithms: ["HS256"] }, "algorithms"],
    [{ ...keycloak, algorithms: ["none"] }, "algorithms.0", "invalid"],
    ...["email", "mail", "upn", "emailAddress", "preferred_username"].map((subject): [object, string] => {
      return [{ ...keycloak, claims: { subject } }, "claims"];
    }),
    [{ ...keycloak, acceptsTokens: true, audience: keycloak.clientId }, "audience"],
    [{ ...keycloak, sharedKey: intranet.sharedKey }, "sharedKey"],
    [{ ...intranet, audience: null }, "audience"],
    [{ ...intranet, sharedKey: "short" }, "sharedKey"],
    [{ ...intranet, jwksUri: "https://id.example/keys" }, "sharedKey"],
    [{ ...intranet, algorithms: ["RS256"] }, "algorithms"],
    [{ ...intranet, sharedKey: null }, "uri"],
    [{ ...intranet, sharedKey: null, jwksUri: "http://id.example/keys" }, "jwksUri"],
  ];
  for (const [json, field, error = "issuer_invalid"] of wrong) {
    const answer = await ask("/admin/issuers", { json });
    expect([json, answer.status, answer.json]).toMatchObject([json, 422, { error, field }]);
  }
  const again = await ask("/admin/issuers", { json: { ...keycloak, slug: "other" } });
  expect([again.status, again.json]).toMatchObject([409, { error: "issuer_exists" }]);
  const claims = { method: "PATCH", json: { claims: { subject: "oid" } } };
  expect((await ask(`/admin/issuers/${kept.id}`, claims)).json).toMatchObject({ field: "claims" });
  expect(((await ask("/admin/issuers")).json as IssuerList).issuers).toEqual([kept]);
});

test("whoever has not shown once more who they are decides about no issuer", async () => {
  const app = await startApp();
  const ask = await owner(app);
  const { id } = (await ask("/admin/issuers", { json: keycloak })).json as Issuer;
  const path = `/admin/issuers/${id}`;
  const tries: [string, RequestOptions][] = [
    ["/admin/issuers", { json: intranet }],
    [path, { method: "PATCH", json: { makesAccounts: true } }],
    [path, { method: "DELETE" }],
  ];
  for (const [where, options] of tries) {
    const { status, json } = await ask(where, { ...options, headers: {} });
    expect([status, json]).toMatchObject([403, { error: "confirm_first" }]);
  }
  expect(((await ask("/admin/issuers")).json as IssuerList).issuers).toMatchObject([
    { id, makesAccounts: false },
  ]);
});
