/** For what is too much to wait for one key, for its group, or at all. */
export interface InOrderLimits {
  readonly perKey: number;
  readonly perGroup: number;
  readonly all: number;
}

/** Too much waits already: nothing was done, and it may be tried again later. */
export class QueueFull extends Error {
  constructor() {
    super("too much waits already");
    this.name = "QueueFull";
  }
}

/** Does work one after another for each key, in the order of the calls; keys do not wait for each other. */
export interface InOrder {
  /** Rejects with QueueFull when there is no place; a key belongs to one group always. */
  run<Result>(place: { key: string; group: string }, work: () => Promise<Result>): Promise<Result>;
}

/** Makes a sequencer; it holds nothing for a key whose work is done. Limits count what is under way and what waits. */
export function createInOrder(limits: InOrderLimits): InOrder {
  const last = new Map<string, Promise<unknown>>();
  const [keys, groups] = [new Tally(), new Tally()];
  let all = 0;

  function enter(key: string, group: string): void {
    const isFull = all >= limits.all || keys.of(key) >= limits.perKey || groups.of(group) >= limits.perGroup;
    if (isFull) throw new QueueFull();
    all += 1;
    keys.add(key, 1);
    groups.add(group, 1);
  }

  function leave(key: string, group: string): void {
    all -= 1;
    keys.add(key, -1);
    groups.add(group, -1);
  }

  return {
    run: async ({ key, group }, work) => {
      enter(key, group);
      const before = last.get(key) ?? Promise.resolve();
      const result = before.then(work, work);
      // Whoever comes next waits for the end of this, however it ends; the caller alone gets its error.
      const ended = result.then(
        () => {},
        () => {},
      );
      last.set(key, ended);
      try {
        return await result;
      } finally {
        leave(key, group);
        if (last.get(key) === ended) last.delete(key);
      }
    },
  };
}

/** Numbers by name; zero takes no room. */
class Tally {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  add(name: string, amount: number): void {
    const number = this.of(name) + amount;
    if (number === 0) this.#numbers.delete(name);
    else this.#numbers.set(name, number);
  }
}
