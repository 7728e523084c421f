import { BoundedMap } from "./bounded-map.ts";

export interface RateLimitOptions {
  readonly limit: number;
  readonly windowMs: number;
  /** How many keys are counted at once; beyond it the one seen longest ago starts anew. */
  readonly keys: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Window {
  count: number;
  readonly end: number;
}

/** So many in each window of time for each key, in bounded memory. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #windows: BoundedMap<string, Window>;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#windows = new BoundedMap({ max: options.keys, ttlMs: options.windowMs, now: options.now });
  }

  /** Counts one; the seconds to wait when that is one too many. */
  take(key: string): number | undefined {
    const window = this.#windows.get(key);
    if (window === undefined) {
      this.#windows.set(key, { count: 1, end: this.#options.now() + this.#options.windowMs });
      return undefined;
    }
    if (window.count >= this.#options.limit) return this.#secondsLeft(window);
    window.count += 1;
    return undefined;
  }

  /** The seconds to wait if one more would be too many; counts nothing. */
  wait(key: string): number | undefined {
    const window = this.#windows.get(key);
    return window === undefined || window.count < this.#options.limit ? undefined : this.#secondsLeft(window);
  }

  #secondsLeft(window: Window): number {
    return Math.max(1, Math.ceil((window.end - this.#options.now()) / 1000));
  }
}
