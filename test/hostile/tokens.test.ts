import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { CompactEncrypt, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startApp, type TestApp } from "../helpers/app.ts";
import { audience, payloadOf, startIssuers, type TestIssuer, trust } from "../helpers/issuer.ts";
import { stateHash } from "../helpers/state-hash.ts";

const encode = (value: object | string) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A server that takes the tokens of one issuer, and somebody who would like to be one. */
async function scene() {
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer] });
  const [issuer, evil] = [await issuers.add("intranet"), await issuers.add("evil")];
  await trust(app.ctx, { slug: "intranet", uri: issuer.uri });
  // By now its keys are known, and its person is there.
  expect((await ask(app, await issuer.sign({ preferred_username: "ann" }))).status).toBe(200);
  return { app, issuer, evil, before: await stateHash(app.databaseUrl) };
}

function ask(app: TestApp, token: string) {
  return app.request("/api/chat/v1/me", { token });
}

/** The status with which an upgrade is refused; 101 where it is not. */
async function knock(app: TestApp, token: string): Promise<number> {
  const url = `${app.origin.replace("http", "ws")}/api/chat/v1/socket`;
  const socket = new WebSocket(url, ["chat.v1", `bearer.${token}`]);
  const status = await new Promise<number>((resolve, reject) => {
    socket.once("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
    socket.once("open", () => resolve(101));
    socket.once("error", reject);
  });
  socket.on("error", () => {}).terminate();
  return status;
}

async function refused(at: { app: TestApp; before: string }, tokens: Readonly<Record<string, string>>) {
  for (const [what, token] of Object.entries(tokens)) {
    expect([what, (await ask(at.app, token)).status]).toEqual([what, 401]);
    expect([what, await knock(at.app, token)]).toEqual([what, 401]);
  }
  expect(await stateHash(at.app.databaseUrl)).toBe(at.before);
}

/** The three parts as somebody likes them. */
function forge(header: object | string, claims: object | string, key: string | KeyObject): string {
  const head = `${encode(header)}.${encode(claims)}`;
  return `${head}.${createHmac("sha256", key).update(head).digest("base64url")}`;
}

async function signByOther(issuer: TestIssuer, header: object): Promise<string> {
  const { privateKey } = await generateKeyPair("ES256");
  return await new SignJWT(payloadOf(issuer.uri, {}))
    .setProtectedHeader({ alg: "ES256", ...header })
    .sign(privateKey);
}

test("CL-07 a token that is signed by nobody, by the public key, or by another algorithm is none", async () => {
  const at = await scene();
  const { issuer } = at;
  const { pem, jwk } = issuer.publicKey();
  const claims = payloadOf(issuer.uri, {});
  const good = await issuer.sign();
  const [header = "", body = "", signature = ""] = good.split(".");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await refused(at, {
    none: `${encode({ alg: "none" })}.${encode(claims)}.`,
    "none with a signature": `${encode({ alg: "none" })}.${encode(claims)}.${signature}`,
    "None in capitals": `${encode({ alg: "NONE" })}.${encode(claims)}.${signature}`,
    "no algorithm": `${encode({ typ: "JWT" })}.${body}.${signature}`,
    "the public key as a secret": forge({ alg: "HS256" }, claims, pem),
    "the public key as it is served": forge({ alg: "HS256" }, claims, JSON.stringify(jwk)),
    "no key": forge({ alg: "HS256" }, claims, ""),
    "another algorithm": await new SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(privateKey),
    "an algorithm that is not its": `${encode({ alg: "RS256" })}.${body}.${signature}`,
    "no signature": `${header}.${body}.`,
    "another signature": `${header}.${body}.${encode("x".repeat(64))}`,
    "a zero signature": `${header}.${body}.${Buffer.alloc(64).toString("base64url")}`,
    "other claims": `${header}.${encode({ ...claims, sub: "somebody-else" })}.${signature}`,
    "two parts": `${header}.${body}`,
    "four parts": `${good}.${signature}`,
    dots: "..",
  });
});

test("CL-07 a key that a token names or brings along is never believed, and nobody is asked for it", async () => {
  const at = await scene();
  const { issuer, evil } = at;
  const { jwk } = evil.publicKey();
  const kid = evil.jwksUri;
  await refused(at, {
    traversal: await signByOther(issuer, { kid: "../../../../dev/null" }),
    url: await signByOther(issuer, { kid }),
    sql: await signByOther(issuer, { kid: "' or 1=1 --" }),
    "no kid": await signByOther(issuer, {}),
    "the right kid": await signByOther(issuer, { kid: (issuer.publicKey().jwk as { kid: string }).kid }),
    jku: await evil.sign({ iss: issuer.uri }, { jku: evil.jwksUri }),
    x5u: await evil.sign({ iss: issuer.uri }, { x5u: evil.jwksUri }),
    jwk: await evil.sign({ iss: issuer.uri }, { jwk }),
    "jku beside the right key": await issuer.sign({}, { jku: evil.jwksUri }),
    "jwk beside the right key": await issuer.sign({}, { jwk }),
    "an unknown extension": forge({ alg: "ES256", crit: ["x"], x: 1 }, payloadOf(issuer.uri, {}), "k"),
  });
  expect(evil.asked()).toBe(0);
});

test("CL-07 a token of somebody else, for somebody else, of another kind, or of another time is none", async () => {
  const at = await scene();
  const { issuer, evil } = at;
  const now = Math.floor(Date.now() / 1000);
  await refused(at, {
    "another issuer": await evil.sign(),
    "the issuer's name under another key": await evil.sign({ iss: issuer.uri }),
    "an issuer that only begins alike": await issuer.sign({ iss: `${issuer.uri}/` }),
    "issuers in a list": await issuer.sign({ iss: [issuer.uri] }),
    "no issuer": await issuer.sign({ iss: undefined }),
    "another audience": await issuer.sign({ aud: "mail" }),
    "audiences without ours": await issuer.sign({ aud: ["mail", `${audience}s`] }),
    "no audience": await issuer.sign({ aud: undefined }),
    "a logout token": await issuer.sign({}, { typ: "logout+jwt" }),
    "a proof of possession": await issuer.sign({}, { typ: "dpop+jwt" }),
    "no end": await issuer.sign({ exp: undefined }),
    "an end in words": await issuer.sign({ exp: String(now + 3_600) }),
    "an end that is over": await issuer.sign({ exp: now - 1 }),
    "an end beyond all dates": await issuer.sign({ exp: 1e300 }),
    "an end that is none": await issuer.sign({ exp: null }),
    "not yet": await issuer.sign({ nbf: now + 3_600 }),
    "not yet, in words": await issuer.sign({ nbf: "now" }),
    nobody: await issuer.sign({ sub: undefined }),
    "an empty name": await issuer.sign({ sub: "" }),
    "a number": await issuer.sign({ sub: 1 }),
    "a list": await issuer.sign({ sub: ["subject-1"] }),
    "a long name": await issuer.sign({ sub: "x".repeat(256) }),
    "a name with a line": await issuer.sign({ sub: "subject-1\n" }),
  });
});

test("CL-07 a token that is sealed, packed, said twice or huge is none", async () => {
  const at = await scene();
  const { issuer } = at;
  const { publicKey } = await generateKeyPair("RSA-OAEP-256");
  const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payloadOf(issuer.uri, {}))))
    .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM" })
    .encrypt(publicKey);
  const twice = (name: string, value: string) =>
    `{"${name}":${value},${JSON.stringify(payloadOf(issuer.uri, {})).slice(1)}`;
  await refused(at, {
    sealed,
    "a bomb": [
      encode({ alg: "dir", enc: "A256GCM", zip: "DEF" }),
      "",
      encode("x".repeat(12)),
      deflateRawSync(Buffer.alloc(4_000_000)).toString("base64url"),
      encode("x".repeat(16)),
    ].join("."),
    "the subject twice": forge({ alg: "ES256" }, twice("sub", '"subject-2"'), "k"),
    "the end twice": forge({ alg: "ES256" }, twice("exp", "1"), "k"),
    "the algorithm twice": forge('{"alg":"none","alg":"ES256"}', payloadOf(issuer.uri, {}), "k"),
    "claims of a prototype": forge({ alg: "ES256" }, `{"__proto__":{"sub":"x"}}`, "k"),
    "no object": forge({ alg: "ES256" }, "[]", "k"),
    "no JSON": forge({ alg: "ES256" }, "{", "k"),
    "no UTF-8": `${encode({ alg: "ES256" })}.${Buffer.from([0xff, 0xfe]).toString("base64url")}.eA`,
    deep: forge({ alg: "ES256" }, `${"[".repeat(2_000)}${"]".repeat(2_000)}`, "k"),
    huge: await issuer.sign({ filler: "x".repeat(7_000) }),
  });
});

test("CL-07 a claim that stands twice counts for nothing even where the issuer has signed it", async () => {
  const sharedKey = "a key of more than thirty-two bytes of text";
  const issuers = await startIssuers();
  const app = await startApp({ peers: [issuers.peer] });
  const iss = "the-intranet";
  await trust(app.ctx, { slug: "intranet", uri: iss, sharedKey });
  const usual = JSON.stringify(payloadOf(iss, {})).slice(1);
  const before = await stateHash(app.databaseUrl);
  await refused(
    { app, before },
    {
      "the subject": forge({ alg: "HS256" }, `{"sub":"subject-2",${usual}`, sharedKey),
      "the subject, spelled otherwise": forge(
        { alg: "HS256" },
        `{"s\\u0075b":"subject-2",${usual}`,
        sharedKey,
      ),
      "another length of hash": forge({ alg: "HS512" }, `{${usual}`, sharedKey),
      "another key": forge({ alg: "HS256" }, `{${usual}`, `${sharedKey}.`),
    },
  );
  expect((await ask(app, forge({ alg: "HS256" }, `{${usual}`, sharedKey))).status).toBe(200);
});
