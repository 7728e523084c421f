import { parentPort } from "node:worker_threads";
import { now } from "./clock.ts";

/** Rings at given moments: a thread that sleeps is exact to a tenth of a millisecond, where a timer of Node is late by up to a whole one. */
const never = new Int32Array(new SharedArrayBuffer(4));

parentPort?.on("message", (offsets: readonly number[]) => {
  const start = now() + 20;
  for (const offset of offsets) {
    const left = start + offset - now();
    if (left > 0) Atomics.wait(never, 0, 0, left);
    parentPort?.postMessage(start + offset);
  }
});
