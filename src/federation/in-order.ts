/** Does work one after another for each key, in the order of the calls; keys do not wait for each other. */
export interface InOrder {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** Makes a sequencer; it holds nothing for a key whose work is done. */
export function createInOrder(): InOrder {
  const last = new Map<string, Promise<unknown>>();
  return {
    run: async (key, work) => {
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
        if (last.get(key) === ended) last.delete(key);
      }
    },
  };
}
