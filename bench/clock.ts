/** Milliseconds of the machine's monotonic clock, alike in every thread and process. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
