import { createPrivateKey, generateKeyPair, type KeyObject, type webcrypto } from "node:crypto";
import { promisify } from "node:util";
import type { Queryable } from "#db/connect.ts";
import { findSigningKeyRow, insertSigningKeys } from "#db/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "./context.ts";

const generate = promisify(generateKeyPair);

export type KeyAlgorithm = "rsa" | "ed25519";

/** One of our actors' keys, ready to sign with. */
export interface SigningKey {
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: string;
  privateKey: webcrypto.CryptoKey;
}

/** Freshly made key pairs of one actor; making them takes a tenth of a second, so it comes before any transaction. */
export interface KeyPairs {
  rsa: { publicKey: KeyObject; privateKey: KeyObject };
  ed25519: { publicKey: KeyObject; privateKey: KeyObject };
}

/** Makes the keys of a new actor: RSA-2048, which every server verifies, and Ed25519 (FEP-521a). */
export async function makeKeyPairs(): Promise<KeyPairs> {
  const [rsa, ed25519] = await Promise.all([generate("rsa", { modulusLength: 2048 }), generate("ed25519")]);
  return { rsa, ed25519 };
}

/** Stores an actor's keys, the private halves sealed. */
export async function saveKeyPairs(
  ctx: Context,
  q: Queryable,
  keys: { personId: PersonId; pairs: KeyPairs },
) {
  const rows = (["rsa", "ed25519"] as const).map((algorithm) => ({
    personId: keys.personId,
    algorithm,
    publicKey: keys.pairs[algorithm].publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: ctx.secrets.seal(keys.pairs[algorithm].privateKey.export({ type: "pkcs8", format: "der" })),
  }));
  await insertSigningKeys(q, rows);
}

const CACHED_KEYS = 10_000;
const caches = new WeakMap<Context, Map<string, SigningKey>>();

/** Keeps a key that was destroyed no longer in the memory of this process. */
export function forgetSigningKey(ctx: Context, personId: PersonId): void {
  for (const algorithm of ["rsa", "ed25519"]) caches.get(ctx)?.delete(`${algorithm}:${personId}`);
}

/** Keeps none: some may have been destroyed unheard. */
export function forgetSigningKeys(ctx: Context): void {
  caches.delete(ctx);
}

/** The key with which a person of this server signs, opened once and then kept in memory. */
export async function findSigningKey(
  ctx: Context,
  personId: PersonId,
  algorithm: KeyAlgorithm,
): Promise<SigningKey> {
  const cache = caches.get(ctx) ?? new Map<string, SigningKey>();
  caches.set(ctx, cache);
  const name = `${algorithm}:${personId}`;
  const known = cache.get(name);
  if (known !== undefined) return known;
  const row = await findSigningKeyRow(ctx.db, personId, algorithm);
  if (row === null) throw new Error(`person ${personId} has no ${algorithm} key`);
  const pkcs8 = createPrivateKey({
    key: Buffer.from(ctx.secrets.open(row.privateKey)),
    format: "der",
    type: "pkcs8",
  });
  const parameters =
    algorithm === "rsa" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "Ed25519" };
  const key = { publicKey: row.publicKey, privateKey: pkcs8.toCryptoKey(parameters, true, ["sign"]) };
  if (cache.size >= CACHED_KEYS) cache.delete(cache.keys().next().value!);
  cache.set(name, key);
  return key;
}
