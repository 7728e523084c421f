import { createPublicKey, KeyObject, type webcrypto } from "node:crypto";
import { importMultibaseKey } from "@fedify/fedify/runtime";
import type { KeyMaterial } from "./remote-key-claims.ts";

export type KeyAlgorithm = "rsa-v1_5-sha256" | "ed25519";

/** Longer texts are no key that we would take; decoding base 58 costs the square of its length. */
const longestPem = 8_192;
const longestMultibase = 2_048;
const rsaBits = { least: 2_048, most: 8_192 };

/** A public key of a kind that we verify with, or undefined: another kind, too weak, too slow, or nonsense. */
export async function readKeyMaterial(material: KeyMaterial): Promise<KeyObject | undefined> {
  try {
    const key = material.format === "pem" ? readPem(material.text) : await readMultibase(material.text);
    return key !== undefined && algorithmOf(key) !== undefined ? key : undefined;
  } catch {
    return undefined; // the parsers throw whatever they please at nonsense
  }
}

/** The algorithm that a key signs with; undefined for a kind of key that is refused. */
export function algorithmOf(key: KeyObject): KeyAlgorithm | undefined {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const fits = modulusLength >= rsaBits.least && modulusLength <= rsaBits.most;
  return fits && publicExponent <= 0xffff_ffffn ? "rsa-v1_5-sha256" : undefined;
}

/** SubjectPublicKeyInfo as PEM, the form in which keys are stored. */
export function toPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** The key as Web Crypto wants it, extractable because Fedify refuses others. */
export function toCryptoKey(pem: string, algorithm: KeyAlgorithm): webcrypto.CryptoKey {
  const name = algorithm === "ed25519" ? "Ed25519" : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return createPublicKey(pem).toCryptoKey(name, true, ["verify"]);
}

export function isSameKey(one: webcrypto.CryptoKey, other: webcrypto.CryptoKey): boolean {
  return KeyObject.from(one).equals(KeyObject.from(other));
}

function readPem(text: string): KeyObject | undefined {
  return text.length <= longestPem ? createPublicKey(text) : undefined;
}

async function readMultibase(text: string): Promise<KeyObject | undefined> {
  return text.length <= longestMultibase ? KeyObject.from(await importMultibaseKey(text)) : undefined;
}
