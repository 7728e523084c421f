import { averageCpu, type Cpu } from "./rounds.ts";
import type { Series } from "./send.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

/** The figures of one contender at one rate, over all rounds. */
export interface Line {
  readonly contender: string;
  readonly idle: number;
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  readonly acknowledgedP50: Spread;
  /** Round by round against the same round of the floor, the prototype, and the fewest idle sessions of the same contender. */
  readonly p50ToFloor: Spread;
  readonly p50ToPrototype: Spread;
  readonly p99ToPrototype: Spread;
  readonly p99ToFewestIdle: Spread;
  /** Microseconds per message, all rounds together; null where the system does not tell. */
  readonly cpu: RelatedCpu | null;
}

interface RelatedCpu extends Cpu {
  /** Server and PostgreSQL, as a multiple of the prototype's and the floor's. */
  readonly toPrototype: number;
  readonly toFloor: number;
}

/** Sums the rounds up and sets them in relation. */
export function relate(series: readonly Series[]): Line[] {
  return series.map((own) => {
    const peer = (name: string) =>
      series.find(({ contender, rate }) => contender === name && rate === own.rate)!;
    const [floor, prototype, fewest] = [peer("floor"), peer("prototype"), peer(own.contender)];
    const p50 = ({ rounds }: Series) => rounds.map(({ delivered }) => delivered.p50);
    const p99 = ({ rounds }: Series) => rounds.map(({ delivered }) => delivered.p99);
    return {
      contender: own.contender,
      idle: own.idle,
      rate: own.rate,
      p50: spread(p50(own)),
      p99: spread(p99(own)),
      acknowledgedP50: spread(own.rounds.map(({ acknowledged }) => acknowledged.p50)),
      p50ToFloor: ratio(p50(own), p50(floor)),
      p50ToPrototype: ratio(p50(own), p50(prototype)),
      p99ToPrototype: ratio(p99(own), p99(prototype)),
      p99ToFewestIdle: ratio(p99(own), p99(fewest)),
      cpu: relateCpu(own, prototype, floor),
    };
  });
}

function relateCpu(own: Series, prototype: Series, floor: Series): RelatedCpu | null {
  const [ours, theirs, least] = [own, prototype, floor].map(({ rounds }) => averageCpu(rounds));
  if (!ours || !theirs || !least) return null;
  const both = (cpu: Cpu) => cpu.server + cpu.postgres;
  return { ...ours, toPrototype: both(ours) / both(theirs), toFloor: both(ours) / both(least) };
}

const columns: readonly Column<Line>[] = [
  ["rate/s", ({ rate }) => String(rate)],
  ["contender", ({ contender, idle }) => `${contender} (${idle} idle)`],
  ["p50 / prototype", ({ p50ToPrototype }) => formatSpread(p50ToPrototype)],
  ["p50 / floor", ({ p50ToFloor }) => formatSpread(p50ToFloor)],
  ["p99 / prototype", ({ p99ToPrototype }) => formatSpread(p99ToPrototype)],
  ["p99 / fewest idle", ({ p99ToFewestIdle }) => formatSpread(p99ToFewestIdle)],
  ["CPU / prototype", ({ cpu }) => cpu?.toPrototype.toFixed(1) ?? "?"],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["p99 ms", ({ p99 }) => formatSpread(p99)],
  ["ack p50 ms", ({ acknowledgedP50 }) => acknowledgedP50.median.toFixed(2)],
  ["CPU us: server", ({ cpu }) => cpu?.server.toFixed(0) ?? "?"],
  ["PostgreSQL", ({ cpu }) => cpu?.postgres.toFixed(0) ?? "?"],
  ["clients", ({ cpu }) => cpu?.clients.toFixed(0) ?? "?"],
];

/** The figures of the bench `send` as a table. */
export function formatLines(lines: readonly Line[]): string {
  return formatTable(columns, lines);
}
