import { checkRun, gatherEvidence } from "./check.ts";
import type { Contender, CpuTimes, Scale } from "./contender.ts";
import { runLoad, type Run, type Schedule } from "./load.ts";
import { startLuciole } from "./luciole.ts";
import { startFloor, startPrototype } from "./relays.ts";
import { percentile } from "./stats.ts";

export interface SendOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Messages per second. */
  readonly rates: readonly number[];
  /** Conversations that share the rate. */
  readonly lines: number;
  /** Numbers of idle sessions; the floor and the prototype have the first. */
  readonly idle: readonly number[];
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
  /** Told of progress. */
  readonly say: (text: string) => void;
}

/** What one contender did in one round. Milliseconds from the scheduled moment; CPU in microseconds per message. */
export interface Round {
  readonly messages: number;
  readonly delivered: { readonly p50: number; readonly p99: number };
  readonly acknowledged: { readonly p50: number; readonly p99: number };
  /** How late the sender was: part of every latency above, alike for all. */
  readonly late: { readonly p50: number; readonly p99: number };
  readonly cpu: (CpuTimes & { readonly clients: number }) | null;
}

/** The rounds of one contender at one rate. */
export interface Series {
  readonly contender: string;
  readonly idle: number;
  readonly rate: number;
  readonly rounds: readonly Round[];
}

/** Measures the way of a message from A's request until all three sessions of B have it, committed. */
export async function benchSend(options: SendOptions): Promise<Series[]> {
  await using started = new AsyncDisposableStack();
  const entrants = await startAll(started, options);
  const series = options.rates.flatMap((rate) =>
    entrants.map((entrant) => ({ ...entrant, rate, rounds: [] as Round[] })),
  );
  // Round 0 does not count: code is compiled in it, connections open, caches fill.
  for (let round = 0; round <= options.rounds; round += 1) {
    options.say(`round ${round} of ${options.rounds}`);
    for (const { rate, rounds, play } of rotate(series, round)) {
      const figures = await play({ rate, seconds: options.seconds, seed: round });
      if (round > 0) rounds.push(figures);
    }
  }
  return series.map(({ contender, idle, rate, rounds }) => ({ contender, idle, rate, rounds }));
}

interface Entrant {
  readonly contender: string;
  readonly idle: number;
  play(schedule: Schedule): Promise<Round>;
}

async function startAll(started: AsyncDisposableStack, options: SendOptions): Promise<Entrant[]> {
  const { lines, idle, against, say } = options;
  const entrants: Entrant[] = [];
  const enter = async (start: (scale: Scale) => Promise<Contender>, count: number): Promise<void> => {
    const contender = await start({ lines, idle: count });
    started.defer(() => contender.close());
    say(`${contender.name} runs, with ${count} idle sessions`);
    entrants.push({ contender: contender.name, idle: count, play: createPlay(contender) });
  };
  await enter(startFloor, idle[0] ?? 0);
  await enter(startPrototype, idle[0] ?? 0);
  for (const count of idle) await enter(startLuciole, count);
  if (against !== undefined) await enter((scale) => startLuciole(scale, against), idle[0] ?? 0);
  return entrants;
}

/** Plays one round after another; each is checked before its figures count. */
function createPlay(contender: Contender): Entrant["play"] {
  const numbers = contender.lines.map(() => 0);
  return async (schedule) => {
    const before = await readCpu(contender);
    const run = await runLoad(contender, schedule);
    const after = await readCpu(contender);
    checkRun(contender.name, run, await gatherEvidence(contender, numbers));
    for (const { line } of run.sends) numbers[line]! += 1;
    return sumUp(run, before && after && used(before, after, run.sends.length));
  };
}

async function readCpu(contender: Contender) {
  const { user, system } = process.cpuUsage();
  const times = await contender.cpu();
  return times && { ...times, clients: (user + system) / 1e6 };
}

type Cpu = NonNullable<Round["cpu"]>;

function used(before: Cpu, after: Cpu, messages: number): Cpu {
  const each = (name: keyof Cpu) => ((after[name] - before[name]) * 1e6) / messages;
  return { server: each("server"), postgres: each("postgres"), clients: each("clients") };
}

function sumUp({ sends }: Run, cpu: Cpu | null): Round {
  const percentiles = (values: number[]) => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) });
  return {
    messages: sends.length,
    delivered: percentiles(sends.map(({ due, delivered }) => (delivered ?? NaN) - due)),
    acknowledged: percentiles(sends.map(({ due, acknowledged }) => (acknowledged ?? NaN) - due)),
    late: percentiles(sends.map(({ due, sent }) => sent - due)),
    cpu,
  };
}

/** Nobody is always first. */
function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
