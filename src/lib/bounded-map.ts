export interface Bounds {
  /** Entries beyond this number push out the one used longest ago. */
  readonly max: number;
  /** Milliseconds after which an entry is gone; for ever without it. */
  readonly ttlMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly until: number;
}

/** A map whose size cannot be driven up by strangers: least recently used out first, with an optional age. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();
  /** Stays where the last one left: a new iterator would walk past the places of all who left before. */
  readonly #oldest = this.#entries.keys();
  readonly #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until <= this.#now()) return undefined;
    this.#entries.set(key, entry); // a Map keeps the order of insertion: the newest use stands last
    return entry.value;
  }

  /** `ttlMs` overrides the map's own for this entry. */
  set(key: Key, value: Value, ttlMs: number = this.#bounds.ttlMs ?? Infinity): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#now() + ttlMs });
    if (this.#entries.size <= this.#bounds.max) return;
    const oldest = this.#oldest.next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  #now(): number {
    return this.#bounds.now?.() ?? Date.now();
  }
}
