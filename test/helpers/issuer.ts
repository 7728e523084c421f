import type { webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import type { Context } from "#domain/context.ts";
import { addIssuer, type Issuer, type IssuerInput } from "#domain/issuers/issuers.ts";

/** Somebody who signs tokens, with keys at an address of loopback. */
export interface TestIssuer {
  readonly uri: string;
  readonly jwksUri: string;
  /** How often its keys were asked for. */
  asked(): number;
  /** From now on it answers nothing but 500, or is back. */
  fail(isDown: boolean): void;
  /** Signs by another key from now on; the former one is no key of its any more. */
  rotate(): Promise<void>;
  /** The public key that it signs by now, as PEM and as it serves it. */
  publicKey(): { pem: string; jwk: object };
  /** Signs a token for an hour from now; whatever is given takes the place of what is usual, and undefined takes it away. */
  sign(claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

/** Several of them at one address, each at a path of its own. */
export interface TestIssuers {
  /** `host:port`, for whoever asks it. */
  readonly peer: string;
  add(name: string): Promise<TestIssuer>;
}

export const audience = "chat";

interface Keys {
  kid: string;
  privateKey: webcrypto.CryptoKey;
  jwk: object;
  pem: string;
}

/** Starts a server of issuers; it ends with the test. */
export async function startIssuers(): Promise<TestIssuers> {
  const documents = new Map<string, () => object | null>();
  const server = createServer((request, response) => {
    const found = documents.get(request.url ?? "")?.() ?? null;
    response.statusCode = found === null ? 500 : 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const peer = `localhost:${typeof address === "object" ? address?.port : 0}`;
  return { peer, add: async (name) => await addTo(documents, `http://${peer}/${name}`) };
}

async function addTo(documents: Map<string, () => object | null>, uri: string): Promise<TestIssuer> {
  const { pathname } = new URL(uri);
  const jwksUri = `${uri}/keys`;
  let keys = await makeKeys();
  let asked = 0;
  let isDown = false;
  const about = { issuer: uri, jwks_uri: jwksUri, authorization_endpoint: `${uri}/auth` };
  documents.set(`${pathname}/.well-known/openid-configuration`, () => (isDown ? null : about));
  documents.set(`${pathname}/keys`, () => {
    asked += 1;
    return isDown ? null : { keys: [keys.jwk] };
  });
  return {
    uri,
    jwksUri,
    asked: () => asked,
    fail: (down) => void (isDown = down),
    rotate: async () => void (keys = await makeKeys()),
    publicKey: () => ({ pem: keys.pem, jwk: keys.jwk }),
    sign: async (claims = {}, header = {}) =>
      await new SignJWT(payloadOf(uri, claims))
        .setProtectedHeader({ alg: "ES256", kid: keys.kid, typ: "JWT", ...header })
        .sign(keys.privateKey),
  };
}

/** What tokens usually say, with what is given in its place. */
export function payloadOf(iss: string, claims: Record<string, unknown>): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { iss, aud: audience, sub: "subject-1", iat: now, exp: now + 3_600, ...claims };
}

async function makeKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = crypto.randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.replaceAll(/(.{64})/g, "$1\n")}\n-----END PUBLIC KEY-----\n`;
  return { kid, privateKey, jwk, pem };
}

/** Takes somebody's word, as the operator does; by default for tokens that make accounts. */
export async function trust(
  ctx: Context,
  given: Partial<IssuerInput> & Pick<IssuerInput, "slug" | "uri">,
): Promise<Issuer> {
  const usual = {
    name: given.slug,
    signsIn: false,
    clientId: null,
    clientSecret: null,
    acceptsTokens: true,
    audience,
    jwksUri: null,
    sharedKey: null,
    algorithms: [],
    claims: {},
    makesAccounts: true,
  };
  return await addIssuer(ctx, { by: null, issuer: { ...usual, ...given } });
}
