import { checkRun, gatherEvidence } from "./check.ts";
import type { Contender, CpuTimes } from "./contender.ts";
import { runLoad, type Run, type Schedule } from "./load.ts";
import { percentile } from "./stats.ts";

/** What is played, for every bench with an open loop. */
export interface RoundsOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Messages per second. */
  readonly rates: readonly number[];
  /** Told of progress. */
  readonly say: (text: string) => void;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** What one contender did in one round. Milliseconds from the scheduled moment; CPU in microseconds per message. */
export interface Round {
  readonly messages: number;
  /** Not a number where nothing is pushed. */
  readonly delivered: Percentiles;
  readonly acknowledged: Percentiles;
  /** How late the sender was: part of every latency above, alike for all. */
  readonly late: Percentiles;
  readonly cpu: Cpu | null;
}

export type Cpu = CpuTimes & { readonly clients: number };

/** Whoever plays a load and tells how it went. */
export interface Player<Figures> {
  play(schedule: Schedule): Promise<Figures>;
}

/** Plays every entrant at every rate, interleaved; answers each with its rounds. */
export async function playRounds<Figures, Label>(
  entrants: readonly (Label & Player<Figures>)[],
  options: RoundsOptions,
) {
  const series = options.rates.flatMap((rate) =>
    entrants.map((entrant) => ({ ...entrant, rate, rounds: [] as Figures[] })),
  );
  // Round 0 does not count: code is compiled in it, connections open, caches fill.
  for (let round = 0; round <= options.rounds; round += 1) {
    options.say(`round ${round} of ${options.rounds}`);
    for (const { rate, rounds, play } of rotate(series, round)) {
      const figures = await play({ rate, seconds: options.seconds, seed: round });
      if (round > 0) rounds.push(figures);
    }
  }
  return series;
}

/** Plays one round after another; each is checked before its figures count. */
export function createPlay(contender: Contender): (schedule: Schedule) => Promise<Round> {
  const play = createCheckedRun(contender);
  return async (schedule) => {
    const before = await readCpu(contender);
    const run = await play(schedule);
    const after = await readCpu(contender);
    return sumUp(run, before && after && used(before, after, run.sends.length));
  };
}

/** Runs load after load on one contender, each checked. */
export function createCheckedRun(contender: Contender): (schedule: Schedule) => Promise<Run> {
  const numbers = contender.lines.map(() => 0);
  return async (schedule) => {
    const run = await runLoad(contender, schedule);
    checkRun(contender, run, await gatherEvidence(contender, numbers));
    for (const { line } of run.sends) numbers[line]! += 1;
    return run;
  };
}

async function readCpu(contender: Contender): Promise<Cpu | null> {
  const { user, system } = process.cpuUsage();
  const times = await contender.cpu();
  return times && { ...times, clients: (user + system) / 1e6 };
}

function used(before: Cpu, after: Cpu, messages: number): Cpu {
  const each = (name: keyof Cpu) => ((after[name] - before[name]) * 1e6) / messages;
  return { server: each("server"), postgres: each("postgres"), clients: each("clients") };
}

function sumUp({ sends }: Run, cpu: Cpu | null): Round {
  return {
    messages: sends.length,
    delivered: percentiles(sends.map(({ due, delivered }) => (delivered ?? NaN) - due)),
    acknowledged: percentiles(sends.map(({ due, acknowledged }) => (acknowledged ?? NaN) - due)),
    late: percentiles(sends.map(({ due, sent }) => sent - due)),
    cpu,
  };
}

/** Over all messages of all rounds: /proc counts in steps of 10 ms, which is much for one round. */
export function averageCpu(rounds: readonly Round[]): Cpu | null {
  const messages = rounds.reduce((sum, round) => sum + round.messages, 0);
  const average = (name: "server" | "postgres" | "clients") =>
    rounds.reduce((sum, round) => sum + (round.cpu?.[name] ?? NaN) * round.messages, 0) / messages;
  const cpu = { server: average("server"), postgres: average("postgres"), clients: average("clients") };
  return Number.isNaN(cpu.server) ? null : cpu;
}

/** The two that every bench reports. */
export function percentiles(values: readonly number[]): Percentiles {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

/** Nobody is always first. */
function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
