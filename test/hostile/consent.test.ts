import { expect, test } from "vitest";
import { openTicket } from "#domain/tickets.ts";
import { authenticate } from "#domain/tokens.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import type { Consent } from "#protocol/apps.ts";
import { startApp } from "../helpers/app.ts";
import { exchange, letIn, look, registerApp, sitDown, usualRequest } from "../helpers/oauth.ts";

test("CL-13: nothing frames the page of consent, and nobody answers but who saw it, on it, once", async () => {
  const app = await startApp();
  const [ann, eve] = [
    await sitDown(app, await app.person("ann")),
    await sitDown(app, await app.person("eve")),
  ];
  const client = await registerApp(app);
  for (const path of ["/oauth/authorize", "/oauth/authorize/", "/oauth/authorize/native"]) {
    const { status, headers } = await app.request(`${path}?client_id=${client.clientId}`);
    expect([path, status]).toEqual([path, 200]);
    expect(headers.get("content-security-policy")).toMatch("frame-ancestors 'none'");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
    expect(headers.get("cache-control")).toBe("no-store");
    expect((await app.request(path, { method: "POST", json: {} })).status).toBe(404);
  }
  const { ticket } = (await look(app, ann, usualRequest(client))).json as Consent;
  const answer = (
    token: string | undefined,
    { headers, ...more }: { headers?: Record<string, string>; ticket?: string } = {},
  ) =>
    app.request("/auth/consent", {
      ...(token !== undefined && { token }),
      json: { ticket, allow: true, ...more },
      headers: headers ?? { origin: app.origin },
    });
  const refused = [
    await answer(ann.token, { headers: {} }),
    await answer(ann.token, { headers: { origin: "https://evil.example" } }),
    await answer(ann.token, { headers: { origin: "null" } }),
    await answer(ann.token, { headers: { "sec-fetch-site": "cross-site" } }),
    await answer(ann.token, { headers: { origin: app.origin, "sec-fetch-site": "same-site" } }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect((await answer(undefined)).status).toBe(401);
  expect((await answer(ann.token, { ticket: "made up" })).json).toMatchObject({ error: "ticket_invalid" });
  expect((await answer(eve.token)).json).toMatchObject({ error: "ticket_invalid" });
  expect((await answer(ann.token)).status).toBe(200);
  expect((await answer(ann.token)).json).toMatchObject({ error: "ticket_invalid" });
});

test("CL-13: an app lets in no other app, and runs the server only for who shows anew who they are", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  const seat = await sitDown(app, ann);
  const client = await registerApp(app, { scopes: "read write admin" });
  const code = (await letIn(app, seat, usualRequest(client))).searchParams.get("code") ?? "";
  const { access_token: token = "" } = (await exchange(app, client, { code })).json as Record<string, string>;
  expect((await look(app, { token }, usualRequest(client))).status).toBe(403);
  const asked = { ...usualRequest(client), scope: "read admin" };
  const { ticket } = (await look(app, seat, asked)).json as Consent;
  const answer = (confirmation?: string) =>
    app.request("/auth/consent", {
      ...seat,
      json: { ticket, allow: true },
      headers: { origin: app.origin, ...(confirmation !== undefined && { confirmation }) },
    });
  expect((await answer()).json).toMatchObject({ error: "confirm_first" });
  expect((await answer("made up")).json).toMatchObject({ error: "confirm_first" });
  const purpose = "confirmation";
  const { sessionId } = await authenticate(app.ctx, seat.token);
  const of = async ({ id }: { id: string }, data = { sessionId }) =>
    await openTicket(app.ctx, app.ctx.db, { purpose, seconds: 60, personId: id as PersonId, data });
  expect((await answer(await of(await app.person("eve")))).json).toMatchObject({ error: "confirm_first" });
  const elsewhere = { sessionId: newId<"session">() };
  expect((await answer(await of(ann, elsewhere))).json).toMatchObject({ error: "confirm_first" });
  expect((await answer(await of(ann))).status).toBe(200);
});

test("CL-13: whoever says no sends the app away with nothing", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const client = await registerApp(app);
  const { ticket } = (await look(app, seat, { ...usualRequest(client), state: "s" })).json as Consent;
  const headers = { origin: app.origin };
  const { json } = await app.request("/auth/consent", { ...seat, json: { ticket, allow: false }, headers });
  const back = new URL((json as { redirect: string }).redirect);
  expect(Object.fromEntries(back.searchParams)).toEqual({
    x: "1",
    error: "access_denied",
    state: "s",
    iss: app.origin,
  });
  const rows = await app.connection.sql`select count(*)::int as n from authorization_code`;
  expect(rows[0]?.["n"]).toBe(0);
});
