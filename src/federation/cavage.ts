import { createHash, KeyObject, sign, verify, type webcrypto } from "node:crypto";
import { promisify } from "node:util";
import type { SignatureClaim } from "./verify-signature-header.ts";

/**
 * draft-cavage-http-signatures-12 with RSA and SHA-256, the signatures that nearly all servers make and understand.
 * They are made and verified here, because it happens for every delivery to every server.
 */

const signAsync = promisify(sign);
const keyObjects = new WeakMap<webcrypto.CryptoKey, KeyObject>();

function keyObject(key: webcrypto.CryptoKey): KeyObject {
  const known = keyObjects.get(key) ?? KeyObject.from(key);
  keyObjects.set(key, known);
  return known;
}

/** What is signed: a request to an address. */
export interface CavageRequest {
  readonly method: string;
  readonly url: URL;
  /** In lower case; those that the signature covers. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Signs a request over all its headers, with host, date and, for a body, digest; answers all headers. */
export async function signCavage(
  { method, url, headers }: CavageRequest,
  {
    keyId,
    privateKey,
    body,
  }: { keyId: string; privateKey: webcrypto.CryptoKey; body: string | Uint8Array | null },
): Promise<Record<string, string>> {
  const id = new URL(keyId).href;
  const all = new Map([["host", url.host], ["date", new Date().toUTCString()], ...headers]);
  if (body !== null) all.set("digest", `SHA-256=${createHash("sha256").update(body).digest("base64")}`);
  const names = ["(request-target)", ...all.keys()];
  const text = signedText(names, { method, url, headers: all }) ?? "";
  const signature = await signAsync("sha256", Buffer.from(text), keyObject(privateKey));
  const parameters = `keyId="${id}",algorithm="rsa-sha256",headers="${names.join(" ")}"`;
  return {
    ...Object.fromEntries(all),
    signature: `${parameters},signature="${signature.toString("base64")}"`,
  };
}

/** Tells whether a signature was made with this key over this request. */
export function fitsCavage(claim: SignatureClaim, request: CavageRequest, key: webcrypto.CryptoKey): boolean {
  const text = signedText([...claim.covered], { ...request, created: claim.created, expires: claim.expires });
  if (text === null) return false;
  return verify("sha256", Buffer.from(text), keyObject(key), Buffer.from(claim.signature, "base64"));
}

/** The text that a signature is over (section 2.3); null when something of it is not there. */
function signedText(
  names: readonly string[],
  {
    method,
    url,
    headers,
    created,
    expires,
  }: CavageRequest & Partial<Pick<SignatureClaim, "created" | "expires">>,
): string | null {
  const values = names.map((name) => {
    if (name === "(request-target)") return `${method.toLowerCase()} ${url.pathname}${url.search}`;
    if (name === "(created)") return created;
    if (name === "(expires)") return expires;
    return headers.get(name);
  });
  if (values.includes(undefined)) return null;
  return names.map((name, index) => `${name}: ${values[index]}`).join("\n");
}
