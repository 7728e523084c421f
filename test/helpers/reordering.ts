import { setTimeout as delay } from "node:timers/promises";

/** In which way deliveries change their order. */
export interface Reordering {
  /** The same seed draws the same numbers. */
  readonly seed: number;
  /**
   * Whose sender is told at once that they were taken, so that its own later deliveries may overtake them too; by the type
   * of the activity. Of all others it waits for the answer.
   */
  readonly takesEarly: ReadonlySet<string>;
}

interface Held {
  /** How many later ones shall pass first. */
  left: number;
  isOvertaken: boolean;
  readonly release: () => void;
}

/** One in three is held back, for so many later ones at most, and for so many milliseconds. */
const limits = { share: 3, most: 6, ms: 1_500 } as const;

/** Holds back some of what comes until later ones have passed. */
export class Order {
  /** How many were overtaken so far. */
  overtaken = 0;
  readonly #reordering: Reordering;
  readonly #held = new Set<Held>();
  #state: number;

  constructor(reordering: Reordering) {
    this.#reordering = reordering;
    this.#state = reordering.seed;
  }

  /** What the next one waits for; undefined when it passes at once. */
  draw(): Promise<void> | undefined {
    if (this.#random(limits.share) > 0) return undefined;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const held: Held = { left: 1 + this.#random(limits.most), isOvertaken: false, release };
    this.#held.add(held);
    return Promise.race([promise, delay(limits.ms, undefined, { ref: false })]).then(
      () => void this.#held.delete(held),
    );
  }

  /** One has passed, before all that are held. */
  passed(): void {
    for (const held of this.#held) {
      if (!held.isOvertaken) this.overtaken += 1;
      held.isOvertaken = true;
      held.left -= 1;
      if (held.left === 0) held.release();
    }
  }

  isTakenEarly(body: Buffer): boolean {
    const { type } = JSON.parse(body.toString()) as { type: string };
    return this.#reordering.takesEarly.has(type);
  }

  /** A whole number below a bound, by a linear congruence. */
  #random(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}
