import type { Contender } from "./contender.ts";
import { startPeers } from "./deliveries.ts";
import { startFedify, startInboxFloor, startLucioleInbox } from "./inbox-contenders.ts";
import { averageCpu, type Cpu, createPlay, playRounds, type Round, type RoundsOptions } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface InboxOptions extends RoundsOptions {
  /** Authors elsewhere, each with a reader here. */
  readonly lines: number;
  /** Servers that the authors are spread over. */
  readonly hosts: number;
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
}

/** The rounds of one contender at one rate. */
export interface InboxSeries {
  readonly contender: string;
  readonly rate: number;
  readonly rounds: readonly Round[];
}

/** Measures signed deliveries of direct messages, until they are answered and until they are on the screen. */
export async function benchInbox(options: InboxOptions): Promise<InboxSeries[]> {
  await using started = new AsyncDisposableStack();
  const peers = await startPeers(started, { hosts: options.hosts, authors: options.lines });
  const contenders = [await startInboxFloor(peers), await startFedify(peers), await startLucioleInbox(peers)];
  if (options.against !== undefined) contenders.push(await startLucioleInbox(peers, options.against));
  for (const contender of contenders) started.defer(() => contender.close());
  const entrants = contenders.map((contender: Contender) => {
    return { contender: contender.name, play: createPlay(contender) };
  });
  const series = await playRounds(entrants, options);
  return series.map(({ contender, rate, rounds }) => ({ contender, rate, rounds }));
}

/** The figures of one contender at one rate, over all rounds. */
export interface InboxLine {
  readonly contender: string;
  readonly rate: number;
  /** Milliseconds until the answer. */
  readonly p50: Spread;
  readonly p99: Spread;
  readonly p50ToFedify: Spread;
  readonly p99ToFedify: Spread;
  /** Milliseconds until all sessions have it. */
  readonly screenP50: Spread;
  readonly screenP99: Spread;
  /** Deliveries per CPU second, server and PostgreSQL, as a multiple of Fedify's. */
  readonly perCpuToFedify: number;
  readonly cpu: Cpu | null;
}

/** Sums the rounds up and sets them in relation. */
export function relateInbox(series: readonly InboxSeries[]): InboxLine[] {
  return series.map((own) => {
    const fedify = series.find(({ contender, rate }) => contender === "fedify" && rate === own.rate)!;
    const p50 = ({ rounds }: InboxSeries) => rounds.map(({ acknowledged }) => acknowledged.p50);
    const p99 = ({ rounds }: InboxSeries) => rounds.map(({ acknowledged }) => acknowledged.p99);
    return {
      contender: own.contender,
      rate: own.rate,
      p50: spread(p50(own)),
      p99: spread(p99(own)),
      p50ToFedify: ratio(p50(own), p50(fedify)),
      p99ToFedify: ratio(p99(own), p99(fedify)),
      screenP50: spread(own.rounds.map(({ delivered }) => delivered.p50)),
      screenP99: spread(own.rounds.map(({ delivered }) => delivered.p99)),
      perCpuToFedify: total(averageCpu(fedify.rounds)) / total(averageCpu(own.rounds)),
      cpu: averageCpu(own.rounds),
    };
  });
}

function total(cpu: Cpu | null): number {
  return cpu === null ? NaN : cpu.server + cpu.postgres;
}

const columns: readonly Column<InboxLine>[] = [
  ["rate/s", ({ rate }) => String(rate)],
  ["contender", ({ contender }) => contender],
  ["per CPU second / Fedify", ({ perCpuToFedify }) => perCpuToFedify.toFixed(2)],
  ["p50 / Fedify", ({ p50ToFedify }) => formatSpread(p50ToFedify)],
  ["p99 / Fedify", ({ p99ToFedify }) => formatSpread(p99ToFedify)],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["p99 ms", ({ p99 }) => formatSpread(p99)],
  ["on screen p50 ms", ({ screenP50 }) => formatSpread(screenP50)],
  ["on screen p99 ms", ({ screenP99 }) => formatSpread(screenP99)],
  ["CPU us: server", ({ cpu }) => cpu?.server.toFixed(0) ?? "?"],
  ["PostgreSQL", ({ cpu }) => cpu?.postgres.toFixed(0) ?? "?"],
  ["clients", ({ cpu }) => cpu?.clients.toFixed(0) ?? "?"],
];

/** The figures of the bench `inbox` as a table. */
export function formatInbox(lines: readonly InboxLine[]): string {
  return formatTable(columns, lines);
}
