import type { Database, Queryable } from "#db/connect.ts";
import type { Context } from "./context.ts";

/** Everything that is known in this way, so that it can be forgotten together. */
const all: Known<unknown>[] = [];

/** What every request must know and seldom changes: read once by each process, until that hears that it changed. */
export class Known<Value> {
  readonly #load: (q: Queryable) => Promise<Value>;
  readonly #values = new WeakMap<Database, Value>();
  readonly #loading = new WeakMap<Database, Promise<Value>>();

  constructor(load: (q: Queryable) => Promise<Value>) {
    this.#load = load;
    all.push(this);
  }

  /**
   * What is known. One within a transaction reads for itself: it must not wait for a second connection, and what it sees
   * may be over already, so that it is kept for nobody else.
   */
  async read({ db }: Context, q: Queryable): Promise<Value> {
    const value = this.#values.get(db);
    if (value !== undefined) return value;
    if (q !== db) return await this.#load(q);
    const reading = this.#loading.get(db) ?? this.#load(db);
    this.#loading.set(db, reading);
    // What was forgotten while it was read is not kept.
    const isCurrent = (): boolean => this.#loading.get(db) === reading;
    try {
      const read = await reading;
      if (isCurrent()) this.#values.set(db, read);
      return read;
    } finally {
      if (isCurrent()) this.#loading.delete(db);
    }
  }

  /** It is read anew. */
  forget({ db }: Context): void {
    this.#values.delete(db);
    this.#loading.delete(db);
  }
}

/** Forgets everything that this process knows in this way: it may have changed unheard. */
export function forgetKnown(ctx: Context): void {
  for (const known of all) known.forget(ctx);
}
