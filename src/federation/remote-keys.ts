import type { webcrypto } from "node:crypto";
import { BoundedMap } from "#lib/bounded-map.ts";
import { Slots, type Release } from "#lib/slots.ts";
import type { Documents } from "./documents.ts";
import { isSameKey, toCryptoKey, type KeyAlgorithm } from "./remote-key-material.ts";
import { fetchProvenKey, KeyUnavailable } from "./remote-key-proof.ts";

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
  /** All keys of an actor. */
  removeOf(ownerUri: string): Promise<void>;
}

/** A key whose owner's actor document names it. */
export interface RemoteKey {
  readonly keyId: string;
  readonly ownerUri: string;
  readonly algorithm: KeyAlgorithm;
  readonly key: webcrypto.CryptoKey;
  readonly fetchedAt: Date;
}

/** The keys of other servers' actors, never taken from a request. */
export interface RemoteKeys {
  /** A key from memory or store, whatever its age; no request is made. */
  known(keyId: string): Promise<RemoteKey | undefined>;
  /** A key from memory, store or its server. Throws KeyUnavailable. */
  resolve(keyId: string): Promise<RemoteKey>;
  /**
   * For a signature that does not fit: fetches the key again, at most once a minute for each owner. Undefined when
   * there is no other key than before.
   */
  refetch(key: RemoteKey): Promise<RemoteKey | undefined>;
  /** Asks for every key of an actor again before it counts: they may have taken one back. */
  forget(ownerUri: string): Promise<void>;
}

export interface RemoteKeysOptions {
  readonly documents: Documents;
  readonly store: RemoteKeyStore;
  readonly now: () => Date;
}

const keysInMemory = 5_000;
/** Then the store is read again, for another process may have learnt that a key does not count any more. */
const memoryTtlMs = 60 * 1000;
const rememberedFailures = 10_000;
const rememberedRefetches = 10_000;
const failureTtlMs = 10 * 60 * 1000;
const refetchPauseMs = 60 * 1000;
/** Older keys are asked for again, so that a key taken back by its owner stops working here. */
const freshForMs = 24 * 60 * 60 * 1000;
const waitForHostMs = 10_000;

/** Builds the resolver: one fetch under way per host and per key, all memory bounded. */
export function createRemoteKeys(options: RemoteKeysOptions): RemoteKeys {
  return new CachedKeys(options);
}

class CachedKeys implements RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #memory: BoundedMap<string, RemoteKey>;
  readonly #failures: BoundedMap<string, KeyUnavailable>;
  readonly #refetched: BoundedMap<string, true>;
  /** When keys in memory stopped counting, by owner. */
  readonly #forgotten: BoundedMap<string, Date>;
  readonly #underWay = new Map<string, Promise<RemoteKey>>();
  readonly #hosts = new Slots(1);

  constructor(options: RemoteKeysOptions) {
    const now = (): number => options.now().getTime();
    this.#options = options;
    this.#memory = new BoundedMap({ max: keysInMemory, ttlMs: memoryTtlMs, now });
    this.#failures = new BoundedMap({ max: rememberedFailures, ttlMs: failureTtlMs, now });
    this.#forgotten = new BoundedMap({ max: rememberedRefetches, ttlMs: freshForMs, now });
    this.#refetched = new BoundedMap({ max: rememberedRefetches, ttlMs: refetchPauseMs, now });
  }

  async known(keyId: string): Promise<RemoteKey | undefined> {
    const remembered = this.#memory.get(keyId);
    if (remembered !== undefined && !this.#isForgotten(remembered)) return remembered;
    const stored = await this.#options.store.find(keyId);
    if (stored === undefined) return undefined;
    const key = parsed(stored);
    this.#memory.set(keyId, key);
    return key;
  }

  async resolve(keyId: string): Promise<RemoteKey> {
    const key = await this.known(keyId);
    if (key !== undefined && this.#isFresh(key)) return key;
    try {
      const failure = this.#failures.get(keyId);
      if (failure !== undefined) throw failure;
      return await this.#loadOnce(keyId);
    } catch (error) {
      const toldOtherwise = !(error instanceof KeyUnavailable) || error.problem === "not_there";
      if (key === undefined || toldOtherwise) throw error;
      return key; // its server does not answer properly: what it said last still holds
    }
  }

  async refetch(key: RemoteKey): Promise<RemoteKey | undefined> {
    if (this.#refetched.get(key.ownerUri) !== undefined) return undefined;
    this.#refetched.set(key.ownerUri, true);
    try {
      const fresh = await this.#loadOnce(key.keyId);
      return isSameKey(fresh.key, key.key) ? undefined : fresh;
    } catch (error) {
      if (error instanceof KeyUnavailable) return undefined;
      throw error;
    }
  }

  async forget(ownerUri: string): Promise<void> {
    this.#forgotten.set(ownerUri, this.#options.now());
    await this.#options.store.removeOf(ownerUri);
  }

  #isForgotten({ ownerUri, fetchedAt }: RemoteKey): boolean {
    const at = this.#forgotten.get(ownerUri);
    return at !== undefined && fetchedAt <= at;
  }

  #isFresh(key: RemoteKey): boolean {
    return this.#options.now().getTime() - key.fetchedAt.getTime() < freshForMs;
  }

  #loadOnce(keyId: string): Promise<RemoteKey> {
    const running =
      this.#underWay.get(keyId) ?? this.#load(keyId).finally(() => this.#underWay.delete(keyId));
    this.#underWay.set(keyId, running);
    return running;
  }

  async #load(keyId: string): Promise<RemoteKey> {
    const { documents, store, now } = this.#options;
    try {
      const proven = await inTurn(this.#hosts, keyId, () => fetchProvenKey(documents, keyId));
      const stored = { ...proven, fetchedAt: now() };
      await store.save(stored);
      const key = parsed(stored);
      this.#memory.set(keyId, key);
      this.#failures.delete(keyId);
      return key;
    } catch (error) {
      if (!(error instanceof KeyUnavailable)) throw error;
      if (error.problem !== "temporary") this.#failures.set(keyId, error);
      if (error.problem === "not_there") {
        this.#memory.delete(keyId);
        await store.remove(keyId);
      }
      throw error;
    }
  }
}

/** One fetch of keys under way per host: a slow host holds up itself only. */
async function inTurn<Result>(hosts: Slots, keyId: string, work: () => Promise<Result>): Promise<Result> {
  const waiting = AbortSignal.timeout(waitForHostMs);
  let release: Release;
  try {
    release = await hosts.acquire(URL.parse(keyId)?.host ?? "", waiting);
  } catch (error) {
    throw new KeyUnavailable("temporary", "too many keys of its host are wanted", { cause: error });
  }
  try {
    return await work();
  } finally {
    release();
  }
}

function parsed(stored: StoredKey): RemoteKey {
  const { keyId, ownerUri, algorithm, fetchedAt } = stored;
  return { keyId, ownerUri, algorithm, fetchedAt, key: toCryptoKey(stored.publicKey, algorithm) };
}
