import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { IncomingMessage } from "node:http";

const keys = new Map<string, KeyObject>();

/** Reads a request to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Compares the digest of a request and verifies its draft-cavage signature, with a key that is parsed once per id. */
export function isSigned({ method = "", url = "", headers }: IncomingMessage, body: Buffer, pem: string) {
  if (headers["digest"] !== `SHA-256=${createHash("sha256").update(body).digest("base64")}`) return false;
  const header = String(headers["signature"]);
  const parameters = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const keyId = parameters.get("keyId") ?? "";
  const key = keys.get(keyId) ?? createPublicKey(pem);
  keys.set(keyId, key);
  const lines = (parameters.get("headers") ?? "").split(" ").map((name) => {
    const value = name === "(request-target)" ? `${method.toLowerCase()} ${url}` : headers[name];
    return `${name}: ${value}`;
  });
  const signature = Buffer.from(parameters.get("signature") ?? "", "base64");
  return verify("sha256", Buffer.from(lines.join("\n")), key, signature);
}
