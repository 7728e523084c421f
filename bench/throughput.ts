import { checkRun, gatherEvidence } from "./check.ts";
import type { Contender, CpuTimes, Scale } from "./contender.ts";
import { runClosed } from "./load.ts";
import { now } from "./clock.ts";
import { startLuciole } from "./luciole.ts";
import { startPrototype } from "./relays.ts";
import { playRounds, type RoundsOptions } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface ThroughputOptions extends Omit<RoundsOptions, "rates"> {
  /** Conversations, each with its own A and B. */
  readonly lines: number;
  /** Messages that are under way at a time, all lines together. */
  readonly abreast: number;
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
}

export interface ThroughputRound {
  readonly messages: number;
  readonly seconds: number;
  /** Seconds, during the round; null where the system does not tell. */
  readonly cpu: CpuTimes | null;
}

export interface ThroughputSeries {
  readonly contender: string;
  readonly rounds: readonly ThroughputRound[];
}

/** Measures how many messages go through when the next is sent as soon as one is acknowledged, all of them delivered. */
export async function benchThroughput(options: ThroughputOptions): Promise<ThroughputSeries[]> {
  await using started = new AsyncDisposableStack();
  const scale: Scale = { lines: options.lines, idle: 0, connections: options.abreast };
  const starts = [startPrototype, (to: Scale) => startLuciole(to)];
  if (options.against !== undefined) starts.push((to) => startLuciole(to, options.against));
  const entrants = [];
  for (const start of starts) {
    const contender = await start(scale);
    started.defer(() => contender.close());
    options.say(`${contender.name} runs`);
    entrants.push({ contender: contender.name, play: createPlay(contender, options) });
  }
  const series = await playRounds(entrants, { ...options, rates: [options.abreast] });
  return series.map(({ contender, rounds }) => ({ contender, rounds }));
}

function createPlay(contender: Contender, { abreast }: ThroughputOptions) {
  const numbers = contender.lines.map(() => 0);
  return async ({ seconds }: { seconds: number }): Promise<ThroughputRound> => {
    const [before, start] = [await contender.cpu(), now()];
    const run = await runClosed(contender, { seconds, abreast });
    const [after, end] = [await contender.cpu(), now()];
    checkRun(contender, run, await gatherEvidence(contender, numbers));
    for (const { line } of run.sends) numbers[line]! += 1;
    const used = (name: keyof CpuTimes) => after![name] - before![name];
    const cpu = before && after && { server: used("server"), postgres: used("postgres") };
    return { messages: run.sends.length, seconds: (end - start) / 1000, cpu };
  };
}

/** The figures of one contender, over all rounds. */
export interface ThroughputLine {
  readonly contender: string;
  readonly perSecond: Spread;
  /** Messages per second of CPU, server and PostgreSQL; not a number where the system does not tell. */
  readonly perCpuSecond: Spread;
  readonly perCpuSecondToPrototype: Spread;
  /** Microseconds per message. */
  readonly server: Spread;
  readonly postgres: Spread;
}

/** Sums the rounds up and sets them in relation. */
export function relateThroughput(series: readonly ThroughputSeries[]): ThroughputLine[] {
  const perCpu = ({ rounds }: ThroughputSeries) =>
    rounds.map(({ messages, cpu }) => messages / (cpu === null ? NaN : cpu.server + cpu.postgres));
  const prototype = series.find(({ contender }) => contender === "prototype")!;
  return series.map((own) => {
    const each = (name: keyof CpuTimes) =>
      spread(own.rounds.map(({ messages, cpu }) => ((cpu?.[name] ?? NaN) * 1e6) / messages));
    return {
      contender: own.contender,
      perSecond: spread(own.rounds.map(({ messages, seconds }) => messages / seconds)),
      perCpuSecond: spread(perCpu(own)),
      perCpuSecondToPrototype: ratio(perCpu(own), perCpu(prototype)),
      server: each("server"),
      postgres: each("postgres"),
    };
  });
}

const columns: readonly Column<ThroughputLine>[] = [
  ["contender", ({ contender }) => contender],
  ["per CPU s / prototype", ({ perCpuSecondToPrototype }) => formatSpread(perCpuSecondToPrototype)],
  ["per CPU s", ({ perCpuSecond }) => perCpuSecond.median.toFixed(0)],
  ["per s", ({ perSecond }) => perSecond.median.toFixed(0)],
  ["CPU us: server", ({ server }) => server.median.toFixed(0)],
  ["PostgreSQL", ({ postgres }) => postgres.median.toFixed(0)],
];

/** The figures of the bench `throughput` as a table. */
export function formatThroughput(lines: readonly ThroughputLine[]): string {
  return formatTable(columns, lines);
}
