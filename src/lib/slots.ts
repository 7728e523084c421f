/** Gives a slot back; calling it twice is harmless. */
export type Release = () => void;

interface Lane {
  taken: number;
  readonly waiting: (() => void)[];
}

/** At most so many at once for each key; holds nothing for a key that nobody uses. */
export class Slots {
  readonly #limit: number;
  readonly #lanes = new Map<string, Lane>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many keys are in use. */
  get size(): number {
    return this.#lanes.size;
  }

  /** A slot if one is free now. */
  tryAcquire(key: string): Release | undefined {
    const lane = this.#lane(key);
    if (lane.taken >= this.#limit) return undefined;
    lane.taken += 1;
    return this.#release(key, lane);
  }

  /** Waits for a slot, first come first served; rejects with the signal's reason. */
  async acquire(key: string, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    const free = this.tryAcquire(key);
    if (free !== undefined) return free;
    const lane = this.#lane(key);
    await new Promise<void>((resolve, reject) => {
      const abandon = (): void => {
        lane.waiting.splice(lane.waiting.indexOf(proceed), 1);
        reject(signal.reason);
      };
      const proceed = (): void => {
        signal.removeEventListener("abort", abandon);
        resolve();
      };
      lane.waiting.push(proceed);
      signal.addEventListener("abort", abandon, { once: true });
    });
    return this.#release(key, lane); // the slot was handed over, not given back: `taken` did not change
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane: Lane = { taken: 0, waiting: [] };
    this.#lanes.set(key, lane);
    return lane;
  }

  #release(key: string, lane: Lane): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.taken === 0) this.#lanes.delete(key);
    };
  }
}
