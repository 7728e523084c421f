import type { webcrypto } from "node:crypto";
export type KeyAlgorithm = "rsa-v1_5-sha256" | "ed25519";

/** A key as it is stored (table `remote_key`). */
export interface StoredKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string;
  readonly fetchedAt: Date;
}

/** Where fetched keys are kept; implemented by db/remote-keys.ts and handed in by app.ts. */
export interface RemoteKeyStore {
  find(keyId: string): Promise<StoredKey | undefined>;
  save(key: StoredKey): Promise<void>;
  remove(keyId: string): Promise<void>;
}

/** A key whose owner's actor document names it. */
export interface RemoteKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly algorithm: KeyAlgorithm;
  readonly key: webcrypto.CryptoKey;
}
