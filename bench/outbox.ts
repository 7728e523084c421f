import { poll } from "../test/helpers/poll.ts";
import { now } from "./clock.ts";
import type { CpuTimes } from "./contender.ts";
import {
  type Poster,
  type Sinks,
  startLucioleOutbox,
  startOutboxFloor,
  startSinks,
} from "./outbox-contenders.ts";
import { playRounds } from "./rounds.ts";
import { percentile, ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";
import { Incorrect } from "./check.ts";

export interface OutboxOptions {
  readonly rounds: number;
  /** Other servers. */
  readonly hosts: number;
  /** How many of them are dead. */
  readonly dead: number;
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
  readonly say: (text: string) => void;
}

/** One post: milliseconds from when it was made until live servers had it; CPU in microseconds for each of them. */
export interface OutboxRound {
  readonly deliveries: number;
  readonly half: number;
  readonly last: number;
  readonly cpu: CpuTimes | null;
}

export interface OutboxSeries {
  readonly contender: string;
  readonly live: number;
  readonly dead: number;
  readonly rounds: readonly OutboxRound[];
}

/** Measures one post to people on many servers. */
export async function benchOutbox(options: OutboxOptions): Promise<OutboxSeries[]> {
  await using started = new AsyncDisposableStack();
  const { hosts, dead, against } = options;
  const sinks = await startSinks(started, { live: hosts - dead, dead });
  const posters = [await startOutboxFloor(started, sinks), ...(await startLucioleOutbox(started, sinks))];
  if (against !== undefined) posters.push(...(await startLucioleOutbox(started, sinks, against)));
  const entrants = posters.map((poster) => ({ poster, play: () => play(sinks, poster) }));
  const series = await playRounds(entrants, { ...options, rates: [0], seconds: 0 });
  return series.map(({ poster, rounds }) => {
    return { contender: poster.name, live: poster.live.length, dead: poster.dead.length, rounds };
  });
}

/** Milliseconds after which what has not arrived is lost. */
const PATIENCE = 120_000;

async function play(sinks: Sinks, poster: Poster): Promise<OutboxRound> {
  await sinks.expect(poster.publicKey);
  const before = await poster.cpu();
  const start = now();
  await poster.post();
  // Whether each of them has it, and once, is for the check to say.
  const isThere = async () => (await sinks.taken()).length >= poster.live.length;
  await poll("deliveries", isThere, PATIENCE).catch(() => undefined);
  await poster.settle();
  const [after, taken] = [await poster.cpu(), await sinks.taken()];
  check(poster, taken);
  const times = taken.map(({ at }) => at - start);
  const each = (name: "server" | "postgres") =>
    (((after?.[name] ?? NaN) - (before?.[name] ?? NaN)) * 1e6) / taken.length;
  return {
    deliveries: taken.length,
    half: percentile(times, 0.5),
    last: percentile(times, 1),
    cpu: after && { server: each("server"), postgres: each("postgres") },
  };
}

/** Each live server has it once, signed, and all that belong to one conversation have the same. */
function check(
  { name, live, activities }: Poster,
  taken: readonly { port: number; activity: string; isSigned: boolean }[],
) {
  const counts = new Map(live.map((port) => [port, 0]));
  for (const { port } of taken) counts.set(port, (counts.get(port) ?? 0) + 1);
  const faults = [...counts].flatMap(([port, count]) =>
    count === 1 ? [] : [`${port} has it ${count} times`],
  );
  faults.push(
    ...taken.flatMap(({ port, isSigned }) => (isSigned ? [] : [`${port} was sent a wrong signature`])),
  );
  const said = new Set(taken.map(({ activity }) => activity)).size;
  if (said !== activities) faults.push(`${said} activities instead of ${activities}`);
  if (faults.length > 0) throw new Incorrect(name, faults);
}

/** The figures of one contender, over all rounds. */
export interface OutboxLine {
  readonly contender: string;
  readonly live: number;
  readonly dead: number;
  /** Milliseconds until half of the live servers, and the last of them, had it. */
  readonly half: Spread;
  readonly last: Spread;
  /** Live servers per second, as a share of the floor's. */
  readonly rateToFloor: Spread;
  /** Until the last live server had it, as a multiple of the same without dead ones. */
  readonly lastToAllLive: Spread;
  /** Microseconds per live server, all rounds together. */
  readonly cpu: CpuTimes | null;
}

/** Sums the rounds up and sets them in relation. */
export function relateOutbox(series: readonly OutboxSeries[]): OutboxLine[] {
  const last = ({ rounds }: OutboxSeries) => rounds.map((round) => round.last);
  const floor = series.find(({ contender }) => contender === "floor")!;
  return series.map((own, index) => {
    const allLive = own.dead > 0 ? series[index - 1]! : own;
    return {
      contender: own.contender,
      live: own.live,
      dead: own.dead,
      half: spread(own.rounds.map(({ half }) => half)),
      last: spread(last(own)),
      rateToFloor: ratio(last(floor), last(own)),
      lastToAllLive: ratio(last(own), last(allLive)),
      cpu: averageCpu(own.rounds),
    };
  });
}

function averageCpu(rounds: readonly OutboxRound[]): CpuTimes | null {
  const average = (name: keyof CpuTimes) =>
    rounds.reduce((sum, { cpu }) => sum + (cpu?.[name] ?? NaN), 0) / rounds.length;
  const cpu = { server: average("server"), postgres: average("postgres") };
  return Number.isNaN(cpu.server) ? null : cpu;
}

const columns: readonly Column<OutboxLine>[] = [
  ["contender", ({ contender }) => contender],
  ["live", ({ live }) => String(live)],
  ["dead", ({ dead }) => String(dead)],
  ["rate / floor", ({ rateToFloor }) => formatSpread(rateToFloor)],
  ["last / all live", ({ lastToAllLive }) => formatSpread(lastToAllLive)],
  ["half ms", ({ half }) => formatSpread(half)],
  ["last ms", ({ last }) => formatSpread(last)],
  ["CPU us: server", ({ cpu }) => cpu?.server.toFixed(0) ?? "?"],
  ["PostgreSQL", ({ cpu }) => cpu?.postgres.toFixed(0) ?? "?"],
];

/** The figures of the bench `outbox` as a table. */
export function formatOutbox(lines: readonly OutboxLine[]): string {
  return formatTable(columns, lines);
}
