import { createHash, sign, type KeyObject } from "node:crypto";

/** What a hostile peer sends; every header may be wrong. */
export interface Sendable {
  readonly method: string;
  /** As it goes on the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Signing {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Names that the signature covers, in order. */
  readonly covers?: readonly string[];
  /** What is signed in the place of the request's own target. */
  readonly signedTarget?: string;
  /** Further parameters, or other values of the usual ones; null leaves one out. Numbers go without quotes. */
  readonly parameters?: Readonly<Record<string, string | number | null>>;
}

export function sha256(body: string | Buffer): string {
  return createHash("sha256").update(body).digest("base64");
}

/** Signs by draft-cavage-http-signatures-12 with RSA and SHA-256. */
export function signCavage(request: Sendable, signing: Signing): Sendable {
  const covers = signing.covers ?? ["(request-target)", "host", "date", "digest"];
  const parameters = {
    keyId: signing.keyId,
    algorithm: "rsa-sha256",
    headers: covers.join(" "),
    ...signing.parameters,
  };
  const special = new Map([
    ["(request-target)", `${request.method.toLowerCase()} ${signing.signedTarget ?? request.target}`],
    ["(created)", String(signing.parameters?.["created"])],
    ["(expires)", String(signing.parameters?.["expires"])],
  ]);
  const text = covers.map((name) => `${name}: ${special.get(name) ?? request.headers[name]}`).join("\n");
  const signature = sign("sha256", Buffer.from(text), signing.privateKey).toString("base64");
  const header = Object.entries({ ...parameters, signature })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => (typeof value === "number" ? `${name}=${value}` : `${name}="${value}"`))
    .join(",");
  return { ...request, headers: { ...request.headers, signature: header } };
}

/** Signs by RFC 9421 with RSA (rsa-v1_5-sha256) or Ed25519, as the key is. `authority` includes the scheme. */
export function signRfc9421(request: Sendable, signing: Signing & { readonly authority: string }): Sendable {
  const covers = signing.covers ?? ["@method", "@target-uri", "content-digest"];
  const target = signing.signedTarget ?? request.target;
  const url = new URL(target, signing.authority);
  const special = new Map([
    ["@method", request.method],
    ["@target-uri", url.href],
    ["@authority", url.host],
    ["@path", url.pathname],
    ["@query", url.search],
  ]);
  const parameters = Object.entries({ keyid: signing.keyId, ...signing.parameters })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => (typeof value === "number" ? `;${name}=${value}` : `;${name}="${value}"`))
    .join("");
  const input = `(${covers.map((name) => `"${name}"`).join(" ")})${parameters}`;
  const lines = covers.map((name) => `"${name}": ${special.get(name) ?? request.headers[name]}`);
  const base = Buffer.from([...lines, `"@signature-params": ${input}`].join("\n"));
  const hash = signing.privateKey.asymmetricKeyType === "rsa" ? "sha256" : null;
  const signature = sign(hash, base, signing.privateKey).toString("base64");
  return {
    ...request,
    headers: { ...request.headers, "signature-input": `sig1=${input}`, signature: `sig1=:${signature}:` },
  };
}
