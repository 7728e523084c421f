import { signal } from "@preact/signals";

/** What time it is for the server. Until it has greeted, the clock here counts. */
export class Clock {
  readonly #here: () => number;
  /** How many milliseconds the server's clock is ahead of the one here. */
  readonly ahead = signal(0);

  constructor(here: () => number) {
    this.#here = here;
  }

  /** Takes the server's word for what time it is at this moment. */
  set(time: string): void {
    this.ahead.value = Date.parse(time) - this.#here();
  }

  /** Milliseconds since 1970. */
  now = (): number => this.#here() + this.ahead.value;
}
