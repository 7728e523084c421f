export interface LossyQueueOptions {
  /** Work under way at once, of all keys. */
  readonly concurrency: number;
  /** Work that may wait for one key; more pushes out the oldest. */
  readonly perKey: number;
  /** Keys for which something may wait; what is for another one is dropped. */
  readonly keys: number;
}

/** Work that must not grow old and may be lost: one at a time for each key, in bounded memory, never tried again. */
export class LossyQueue {
  readonly #options: LossyQueueOptions;
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  readonly #busy = new Set<string>();

  constructor(options: LossyQueueOptions) {
    this.#options = options;
  }

  /** Puts work at the end of a key's; it must not reject. */
  push(key: string, work: () => Promise<void>): void {
    const waiting = this.#waiting.get(key) ?? [];
    if (waiting.length === 0 && this.#waiting.size >= this.#options.keys) return;
    waiting.push(work);
    if (waiting.length > this.#options.perKey) waiting.shift();
    this.#waiting.set(key, waiting);
    this.#begin();
  }

  /** Drops what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  #begin(): void {
    for (const [key, [work, ...others]] of this.#waiting) {
      if (this.#busy.size >= this.#options.concurrency) return;
      if (work === undefined || this.#busy.has(key)) continue;
      if (others.length > 0) this.#waiting.set(key, others);
      else this.#waiting.delete(key);
      this.#busy.add(key);
      void work().finally(() => {
        this.#busy.delete(key);
        this.#begin();
      });
    }
  }
}
