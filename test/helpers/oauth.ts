import { hash, randomBytes } from "node:crypto";
import type { Consent, ConsentAnswer } from "#protocol/apps.ts";
import type { Answer, TestApp } from "./app.ts";
import { signInAs } from "./sign-in.ts";
import type { PersonId } from "#lib/ids.ts";

/** An app as it knows itself. */
export interface RegisteredApp {
  id: string;
  clientId: string;
  secret: string | null;
  redirectUri: string;
}

let customers = 0;

/** Says to the server what an app is; each time from another address. */
export async function registerApp(
  app: TestApp,
  fields: Record<string, unknown> = {},
): Promise<RegisteredApp> {
  const redirectUri = "https://app.example/back?x=1";
  const { status, json, text } = await app.request("/api/v1/apps", {
    json: { client_name: "An App", redirect_uris: redirectUri, scopes: "read write", ...fields },
    headers: anotherAddress(),
  });
  if (status !== 200) throw new Error(`not registered: ${status} ${text}`);
  const made = json as {
    id: string;
    client_id: string;
    client_secret: string | null;
    redirect_uris: string[];
  };
  return {
    id: made.id,
    clientId: made.client_id,
    secret: made.client_secret,
    redirectUri: made.redirect_uris[0] ?? redirectUri,
  };
}

/** So that no limit for one address is met that a test is not about. */
export function anotherAddress(): Record<string, string> {
  customers += 1;
  return { "x-forwarded-for": `198.18.${Math.floor(customers / 250)}.${1 + (customers % 250)}` };
}

/** Somebody before a page of ours. */
export async function sitDown(app: TestApp, person: { id: string }): Promise<{ token: string }> {
  const { access } = await signInAs(app.ctx, { id: person.id as PersonId });
  return { token: access };
}

/** Asks what an app asks for, as its page does. */
export async function look(
  app: TestApp,
  by: { token: string },
  request: Record<string, string>,
): Promise<Answer> {
  const headers = { origin: app.origin };
  return await app.request("/auth/consent/look", { token: by.token, json: request, headers });
}

/** Lets an app in; answers the address that the browser goes to. */
export async function letIn(
  app: TestApp,
  by: { token: string },
  request: Record<string, string>,
): Promise<URL> {
  const looked = await look(app, by, request);
  if (looked.status !== 200) throw new Error(`not asked: ${looked.status} ${looked.text}`);
  const { ticket } = looked.json as Consent;
  const { json } = await app.request("/auth/consent", {
    token: by.token,
    json: { ticket, allow: true },
    headers: { origin: app.origin },
  });
  return new URL((json as ConsentAnswer).redirect);
}

/** What an app asks for in the usual case. */
export function usualRequest(
  client: Pick<RegisteredApp, "clientId" | "redirectUri">,
): Record<string, string> {
  const { clientId, redirectUri } = client;
  return { client_id: clientId, redirect_uri: redirectUri, response_type: "code", scope: "read write" };
}

/** A secret that only who asks knows, and what it is announced by (RFC 7636). */
export function proofKey(): { verifier: string; asked: Record<string, string> } {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = hash("sha256", verifier, "base64url");
  return { verifier, asked: { code_challenge: challenge, code_challenge_method: "S256" } };
}

/** Exchanges a code. */
export async function exchange(
  app: TestApp,
  client: RegisteredApp,
  fields: Record<string, string | undefined>,
): Promise<Answer> {
  return await app.request("/oauth/token", {
    json: {
      grant_type: "authorization_code",
      client_id: client.clientId,
      ...(client.secret !== null && { client_secret: client.secret }),
      redirect_uri: client.redirectUri,
      ...fields,
    },
    headers: anotherAddress(),
  });
}

/** Lets an app in and gives it its token. */
export async function tokenFor(
  app: TestApp,
  by: { token: string },
  { client, scope }: { client: RegisteredApp; scope: string },
): Promise<string> {
  const back = await letIn(app, by, { ...usualRequest(client), scope });
  const { json } = await exchange(app, client, { code: back.searchParams.get("code") ?? "" });
  return (json as { access_token: string }).access_token;
}
