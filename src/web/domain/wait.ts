/** Timers of browsers count no further (milliseconds). */
const longestTimer = 2 ** 31 - 1;

/** How long to wait for a moment before looking whether it has come. */
export function waitFor(moment: number, now: number): number {
  return Math.min(longestTimer, Math.max(0, moment - now));
}
