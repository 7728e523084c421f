import { createOAuthAPIClient, createRestAPIClient } from "masto";
import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { startApp } from "./helpers/app.ts";
import { letIn, registerApp, sitDown, usualRequest } from "./helpers/oauth.ts";

// Programs of others, against the whole server.

test("a client that knows nothing but the address finds out the rest, proves itself, and checks who answers", async () => {
  const app = await startApp();
  const ann = await app.person("ann");
  const seat = await sitDown(app, ann);
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(app.origin);
  const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const registered = await registerApp(app, {
    redirect_uris: ["app.example:/back"],
    token_endpoint_auth_method: "none",
  });
  const client: oauth.Client = { client_id: registered.clientId };
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const back = await letIn(app, seat, {
    ...usualRequest(registered),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  });
  const parameters = oauth.validateAuthResponse(server, client, back, state);
  const { redirectUri } = registered;
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    verifier,
    insecure,
  );
  const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, answer);
  const own = await oauth.protectedResourceRequest(
    token,
    "GET",
    new URL("/api/chat/v1/conversations", app.origin),
    undefined,
    undefined,
    insecure,
  );
  expect(own.status).toBe(200);
  await expect(
    oauth.protectedResourceRequest(
      token,
      "GET",
      new URL("/api/chat/v1/me/apps", app.origin),
      undefined,
      undefined,
      insecure,
    ),
  ).rejects.toThrow(oauth.WWWAuthenticateChallengeError);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, oauth.None(), token, insecure),
  );
  expect((await app.request("/api/chat/v1/conversations", { token })).status).toBe(401);
});

test.each([
  ["by the header", oauth.ClientSecretBasic],
  ["in the body", oauth.ClientSecretPost],
])("a client with a secret, %s, gets a token of its own and asks what it is", async (_, authentication) => {
  const app = await startApp();
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(app.origin);
  const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const { clientId, secret } = await registerApp(app);
  const client: oauth.Client = { client_id: clientId };
  const shown = authentication(secret ?? "");
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    shown,
    { scope: "read" },
    insecure,
  );
  const { access_token: token } = await oauth.processClientCredentialsResponse(server, client, answer);
  const inspect = async () => {
    const said = await oauth.introspectionRequest(server, client, shown, token, insecure);
    return await oauth.processIntrospectionResponse(server, client, said);
  };
  expect(await inspect()).toMatchObject({
    active: true,
    scope: "read",
    client_id: clientId,
    iss: app.origin,
  });
  expect((await app.request("/api/chat/v1/conversations", { token })).status).toBe(401);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, shown, token, insecure),
  );
  expect(await inspect()).toEqual({ active: false });
});

test("masto registers an app, gets a token for a code that was copied by hand, and gives it back", async () => {
  const app = await startApp();
  const seat = await sitDown(app, await app.person("ann"));
  const redirectUri = "urn:ietf:wg:oauth:2.0:oob";
  const made = await createRestAPIClient({ url: app.origin }).v1.apps.create({
    clientName: "masto",
    redirectUris: redirectUri,
    scopes: "read write follow push",
    website: "https://masto.example",
  });
  const client = { clientId: made.clientId ?? "", secret: made.clientSecret ?? "", redirectUri };
  const shown = await letIn(app, seat, { ...usualRequest(client), scope: "read write follow push" });
  const endpoints = createOAuthAPIClient({ url: app.origin });
  const given = await endpoints.token.create({
    grantType: "authorization_code",
    clientId: client.clientId,
    clientSecret: client.secret,
    redirectUri,
    code: shown.searchParams.get("code") ?? "",
    scope: "read write follow push",
  });
  expect(given).toMatchObject({ tokenType: "Bearer", scope: "read write follow push" });
  expect(given.createdAt).toBeTypeOf("number");
  const { accessToken } = given;
  const signedIn = createRestAPIClient({ url: app.origin, accessToken });
  expect(await signedIn.v1.apps.verifyCredentials()).toMatchObject({ name: "masto" });
  await endpoints.revoke({ clientId: client.clientId, clientSecret: client.secret, token: accessToken });
  const path = "/api/v1/apps/verify_credentials";
  expect((await app.request(path, { token: accessToken })).status).toBe(401);
});
