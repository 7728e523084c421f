import { signal } from "@preact/signals";

const time = 4_000;

/** One short sentence at a time about what was just done, gone after a while. */
export class Notices {
  readonly current = signal<string | null>(null);
  readonly #after: (milliseconds: number, task: () => void) => () => void;
  #cancel: () => void = () => {};

  constructor(after: (milliseconds: number, task: () => void) => () => void) {
    this.#after = after;
  }

  say(text: string): void {
    this.#cancel();
    this.current.value = text;
    this.#cancel = this.#after(time, () => (this.current.value = null));
  }
}
