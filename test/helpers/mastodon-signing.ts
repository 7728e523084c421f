import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { request as openRequest } from "node:https";
import type { RecordedRequest } from "../hostile-peer.ts";
import { sha256, signCavage, type Sendable } from "./hostile-signing.ts";

export const activityJson = "application/activity+json";

/** What a delivery of Mastodon is made from. */
export interface Delivering {
  readonly inbox: string;
  readonly activity: object;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Where it comes from. */
  readonly origin: string;
}

/** Delivers with the headers and the signature that Mastodon gives, over TLS that `authority` (PEM) vouches for; answers the status. */
export async function deliverSigned(delivering: Delivering, authority: string): Promise<number> {
  const { inbox, activity, keyId, privateKey, origin } = delivering;
  const { host, pathname } = new URL(inbox);
  const body = JSON.stringify(activity);
  const headers = {
    ...{ host, date: new Date().toUTCString(), digest: `SHA-256=${sha256(body)}` },
    ...{ "content-type": activityJson, "user-agent": `Mastodon/4.5.0 (http.rb/5.3.1; +${origin}/)` },
  };
  const covers = ["(request-target)", "host", "date", "digest", "content-type"];
  const request = signCavage(
    { method: "POST", target: pathname, headers, body },
    { keyId, privateKey, covers },
  );
  return await post(new URL(inbox), request, authority);
}

function post(url: URL, { target, headers, body }: Sendable, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: url.hostname, port: url.port, method: "POST", path: target, headers, ca };
    const outgoing = openRequest({ ...options, agent: false }, (incoming) => {
      incoming.resume().once("end", () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.once("error", reject).end(body);
  });
}

/** The parameters of a draft-cavage signature. */
export function signatureOf({ signature }: IncomingHttpHeaders): Record<string, string> {
  const parts = String(signature).matchAll(/(\w+)="([^"]*)"/g);
  return Object.fromEntries([...parts].map(([, name = "", value = ""]) => [name, value]));
}

/** Whether a delivery is signed with a key over what Mastodon asks for: target, host, date of today, digest of the bytes. */
export function isSigned(
  { method, url, headers, body }: RecordedRequest,
  { headers: covers = "", signature = "" }: Record<string, string>,
  pem: string,
): boolean {
  const names = covers.split(" ");
  const hasAll = ["(request-target)", "host", "date", "digest"].every((name) => names.includes(name));
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const age = Math.abs(Date.now() - Date.parse(headers.date ?? ""));
  if (!hasAll || headers["digest"] !== digest || !(age < 12 * 3_600_000)) return false;
  const target = `${method.toLowerCase()} ${url}`;
  const lines = names.map(
    (name) => `${name}: ${name === "(request-target)" ? target : String(headers[name])}`,
  );
  return verify(
    "sha256",
    Buffer.from(lines.join("\n")),
    createPublicKey(pem),
    Buffer.from(signature, "base64"),
  );
}
