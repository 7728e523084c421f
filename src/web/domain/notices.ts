import { signal } from "@preact/signals";

const time = 4_000;
/** What nobody waits for is shown for longer. */
const longTime = 12_000;

/** One short sentence at a time about what was just done, or (`isNews`) became of what was done earlier; gone after a while. */
export class Notices {
  readonly current = signal<string | null>(null);
  readonly #after: (milliseconds: number, task: () => void) => () => void;
  #cancel: () => void = () => {};

  constructor(after: (milliseconds: number, task: () => void) => () => void) {
    this.#after = after;
  }

  say(text: string, isNews = false): void {
    this.#cancel();
    this.current.value = text;
    this.#cancel = this.#after(isNews ? longTime : time, () => (this.current.value = null));
  }
}
