/**
 * Loaded into a server before its own code (`--import`): at SIGUSR2 it says how late the event loop was since the last
 * time, and begins anew. Milliseconds beyond the time for which nothing was to do.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";

const resolution = 5;
const delays = monitorEventLoopDelay({ resolution });
let asked = 0;

delays.enable();
process.on("SIGUSR2", () => {
  asked += 1;
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
  const lag = { p99: late(delays.percentile(99)), most: late(delays.max) };
  delays.reset();
  process.stdout.write(`event loop ${asked} ${JSON.stringify(lag)}\n`);
});
