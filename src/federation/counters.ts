/** Counts by name, so that what strangers can cause at will fills the log with milestones only. */
export interface Counters {
  /** Answers how often it was counted, this time included. */
  count(name: string): number;
}

const NAMES = 200;

/** Makes counters; names beyond a bound are counted together as `other`, so that no stranger can fill the memory. */
export function createCounters(): Counters {
  const numbers = new Map<string, number>();
  return {
    count: (name) => {
      const known = numbers.has(name) || numbers.size < NAMES ? name : "other";
      const number = (numbers.get(known) ?? 0) + 1;
      numbers.set(known, number);
      return number;
    },
  };
}
