import { BoundedMap } from "./bounded-map.ts";
import type { Limit } from "./limiter.ts";

/** What was counted for a key since it was last told, and until when its window lasts (milliseconds since the epoch). */
export interface Tally {
  readonly key: string;
  readonly points: number;
  readonly expire: number;
}

export interface Settling extends Limit {
  /** How many keys are counted at once. */
  readonly keys: number;
  /** Adds to what all processes have counted, and answers what that is now. */
  readonly settle: (tallies: readonly Tally[]) => Promise<readonly Tally[]>;
  /** Told when that did not go: then this process counts by itself for a while. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds until what was counted is told. */
  readonly pauseMs: number;
}

interface Window {
  /** By all processes, as far as it is told. */
  told: number;
  /** Here, since then. */
  fresh: number;
  end: number;
}

/**
 * A limit for what must not wait for the database: counted here at once, and told to the others soon after, for many keys at
 * a time. So several processes together let through a little more than one alone, once per window.
 */
export class SettledLimit {
  readonly #options: Settling;
  readonly #windows: BoundedMap<string, Window>;
  #isDue = false;
  #changed = new Set<string>();

  constructor(options: Settling) {
    this.#options = options;
    this.#windows = new BoundedMap({ max: options.keys });
  }

  /** Counts one; the seconds to wait when that is one too many. */
  take(key: string): number | undefined {
    const now = Date.now();
    const known = this.#windows.get(key);
    const isOpen = known !== undefined && known.end > now;
    const window = isOpen ? known : { told: 0, fresh: 0, end: now + this.#options.seconds * 1000 };
    if (!isOpen) this.#windows.set(key, window);
    if (window.told + window.fresh >= this.#options.points)
      return Math.max(1, Math.ceil((window.end - now) / 1000));
    window.fresh += 1;
    this.#changed.add(key);
    this.#settleSoon();
    return undefined;
  }

  async #settle(): Promise<void> {
    const told = [...this.#changed].toSorted().flatMap((key) => {
      const window = this.#windows.get(key);
      return window === undefined ? [] : [{ key, window, points: window.fresh, expire: window.end }];
    });
    this.#changed = new Set();
    for (const { window, points } of told) {
      window.told += points;
      window.fresh -= points;
    }
    try {
      const tallies = told.map(({ key, points, expire }) => ({ key, points, expire }));
      const after = new Map((await this.#options.settle(tallies)).map((tally) => [tally.key, tally]));
      for (const { key, window } of told) {
        window.told = after.get(key)?.points ?? window.told;
        window.end = after.get(key)?.expire ?? window.end;
      }
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#isDue = false;
      if (this.#changed.size > 0) this.#settleSoon();
    }
  }

  #settleSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => void this.#settle(), this.#options.pauseMs).unref();
  }
}
