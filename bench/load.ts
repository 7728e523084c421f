import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { poll } from "../test/helpers/poll.ts";
import { now } from "./clock.ts";
import type { Arrival, Contender } from "./contender.ts";

/** One message on its way; times in milliseconds of `now`. */
export interface SendRecord {
  readonly line: number;
  readonly key: string;
  readonly text: string;
  /** When the schedule wanted it sent: latency counts from here, whatever held the sender up. */
  readonly due: number;
  readonly sent: number;
  acknowledged: number | null;
  /** When the last of B's sessions had it; null without sessions. */
  delivered: number | null;
}

/** Everything that happened in one run. */
export interface Run {
  readonly sends: readonly SendRecord[];
  /** Per line, in the order of arrival. */
  readonly arrivals: readonly (readonly Arrival[])[];
}

/** When to send: the same for every contender of a round. */
export interface Schedule {
  /** Messages per second, all lines together. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Milliseconds after the last message was due; what is missing then is lost. */
const PATIENCE = 15_000;
/** Characters of a message. */
const LENGTH = 200;

/** Sends by schedule, whether or not earlier messages have arrived (an open loop), and watches them arrive. */
export async function runLoad(contender: Contender, schedule: Schedule): Promise<Run> {
  const watch = watchArrivals(contender);
  const sending: Promise<void>[] = [];
  const offsets = arrivalTimes(schedule);
  const messages = offsets.map((_, index) => makeMessage(contender, index))[Symbol.iterator]();
  await pace(offsets, (due) => {
    const { value } = messages.next();
    if (value !== undefined) sending.push(watch.send(value, due));
  });
  await Promise.all(sending);
  return await watch.end();
}

/** Sends the next message of a line as soon as the one before is acknowledged (a closed loop), so many at a time. */
export async function runClosed(
  contender: Contender,
  { seconds, abreast }: { seconds: number; abreast: number },
): Promise<Run> {
  const watch = watchArrivals(contender);
  const end = now() + seconds * 1000;
  const sender = async (_: unknown, first: number): Promise<void> => {
    for (let index = first; now() < end; index += abreast)
      await watch.send(makeMessage(contender, index), now());
  };
  await Promise.all(Array.from({ length: abreast }, sender));
  return await watch.end();
}

/** Notes what is sent, and what of it arrives. */
function watchArrivals(contender: Contender) {
  const sends: SendRecord[] = [];
  const arrivals: Arrival[][] = contender.lines.map(() => []);
  const missing = new Map<string, { send: SendRecord; sessions: number }>();
  contender.hear((line, arrival) => {
    const at = now();
    arrivals[line]?.push(arrival);
    const wait = missing.get(arrival.key);
    if (wait === undefined) return;
    wait.sessions -= 1;
    if (wait.sessions > 0) return;
    wait.send.delivered = at;
    missing.delete(arrival.key);
  });
  return {
    send: async ({ go, ...message }: ReturnType<typeof makeMessage>, due: number): Promise<void> => {
      const send: SendRecord = { ...message, due, sent: now(), acknowledged: null, delivered: null };
      sends.push(send);
      if (contender.sessions > 0) missing.set(send.key, { send, sessions: contender.sessions });
      await go();
      send.acknowledged = now();
    },
    end: async (): Promise<Run> => {
      // Whether all arrived is for the check to say.
      await poll("arrivals", () => missing.size === 0, PATIENCE).catch(() => undefined);
      return { sends, arrivals };
    },
  };
}

function makeMessage({ lines }: Contender, index: number) {
  const line = index % lines.length;
  const key = randomUUID();
  const text = key.padEnd(LENGTH, " lorem ipsum");
  return { line, key, text, go: lines[line]!.prepare(key, text) };
}

/** Calls `ring` at each moment (milliseconds from the start), with the moment that was meant. */
async function pace(offsets: readonly number[], ring: (due: number) => void): Promise<void> {
  const pacer = new Worker(new URL("./pacer.ts", import.meta.url));
  let rung = 0;
  await new Promise<void>((resolve, reject) => {
    pacer.once("error", reject);
    pacer.on("message", (due: number) => {
      ring(due);
      rung += 1;
      if (rung === offsets.length) resolve();
    });
    pacer.postMessage(offsets);
  });
  await pacer.terminate();
}

/** Independent arrivals (a Poisson process), in milliseconds from the start: many people who do not know of each other. */
function arrivalTimes({ rate, seconds, seed }: Schedule): number[] {
  const random = seeded(seed);
  const times: number[] = [];
  for (let time = 0; time < seconds * 1000; time += (-Math.log(1 - random()) * 1000) / rate) times.push(time);
  return times;
}

/** The generator mulberry32: numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
