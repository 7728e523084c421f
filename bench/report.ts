import { cpus, totalmem } from "node:os";
import type { Round, Series } from "./send.ts";
import { ratio, type Spread, spread } from "./stats.ts";

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
  readonly cpu: Cpu | null;
}

interface Cpu {
  readonly server: number;
  readonly postgres: number;
  readonly clients: number;
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

function relateCpu(own: Series, prototype: Series, floor: Series): Cpu | null {
  const [ours, theirs, least] = [own, prototype, floor].map(({ rounds }) => averageCpu(rounds));
  if (!ours || !theirs || !least) return null;
  const both = (cpu: NonNullable<Round["cpu"]>) => cpu.server + cpu.postgres;
  return { ...ours, toPrototype: both(ours) / both(theirs), toFloor: both(ours) / both(least) };
}

/** Over all messages of all rounds: /proc counts in steps of 10 ms, which is much for one round. */
function averageCpu(rounds: readonly Round[]): Round["cpu"] {
  const messages = rounds.reduce((sum, round) => sum + round.messages, 0);
  const average = (name: "server" | "postgres" | "clients") =>
    rounds.reduce((sum, round) => sum + (round.cpu?.[name] ?? NaN) * round.messages, 0) / messages;
  const cpu = { server: average("server"), postgres: average("postgres"), clients: average("clients") };
  return Number.isNaN(cpu.server) ? null : cpu;
}

/** What the figures were measured on, in general terms. */
export function describeMachine() {
  return {
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

const columns: readonly [title: string, cell: (line: Line) => string][] = [
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

/** The figures as a table (Markdown), ratios first. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...lines.map((line) => columns.map(([, cell]) => cell(line))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const format = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [format(rows[0] ?? []), rule, ...rows.slice(1).map(format)].join("\n");
}

function formatSpread({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`;
}
