import { createHash } from "node:crypto";

/** `Digest` is RFC 3230's, `Content-Digest` RFC 9530's. */
export type DigestHeader = "digest" | "content-digest";

const algorithms: ReadonlyMap<string, string> = new Map([
  ["sha-256", "sha256"],
  ["sha-512", "sha512"],
]);

/** Tells whether a header names a SHA-256 digest: weaker ones count as nothing. */
export function namesSha256(headers: Headers, header: DigestHeader): boolean {
  return readDigests(headers, header).some(({ algorithm }) => algorithm === "sha-256");
}

/** Tells whether every digest of a request that we can compute, in either header, is the digest of its body. */
export function digestsFit(headers: Headers, body: Uint8Array): boolean {
  return [...readDigests(headers, "digest"), ...readDigests(headers, "content-digest")].every(
    ({ algorithm, value }) => {
      const hash = algorithms.get(algorithm);
      return hash === undefined || createHash(hash).update(body).digest("base64") === value;
    },
  );
}

interface NamedDigest {
  readonly algorithm: string;
  readonly value: string;
}

function readDigests(headers: Headers, header: DigestHeader): readonly NamedDigest[] {
  return (headers.get(header) ?? "").split(",").map((item) => {
    const at = item.indexOf("=");
    const value = item.slice(at + 1).trim();
    return {
      algorithm: item.slice(0, Math.max(at, 0)).trim().toLowerCase(),
      value: header === "content-digest" ? value.replace(/^:(.*):$/, "$1") : value,
    };
  });
}
