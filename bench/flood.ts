import type { CpuTimes } from "./contender.ts";
import { Incorrect } from "./check.ts";
import { startPeers } from "./deliveries.ts";
import { type Flooded, mixInvalid, startFlooded } from "./flood-contender.ts";
import { kindsOfInvalid, makeInvalid } from "./invalid.ts";
import type { Run, Schedule } from "./load.ts";
import type { Lag } from "./luciole-server.ts";
import { createCheckedRun, type Percentiles, percentiles, playRounds, type RoundsOptions } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface FloodOptions extends RoundsOptions {
  /** Authors elsewhere. */
  readonly lines: number;
  readonly hosts: number;
  /** Requests of each kind whose cost is measured in each round. */
  readonly samples: number;
}

/** Invalid requests for each valid one. */
const INVALID = 10;
/** Requests a second while the cost of one kind is measured. */
const COST_RATE = 200;

/** Milliseconds from the scheduled moment until the sessions have it. */
export interface FloodRound {
  readonly deliveries: Percentiles;
  readonly sends: Percentiles;
  /** How late our event loop was. */
  readonly lag: Lag;
}

export interface FloodSeries {
  readonly contender: string;
  readonly rate: number;
  readonly rounds: readonly FloodRound[];
}

/** CPU in microseconds for one request of a kind; "valid" for a delivery that is taken. */
export interface Cost {
  readonly kind: string;
  readonly requests: number;
  readonly cpu: CpuTimes | null;
  /** Requests that we made to other servers meanwhile. */
  readonly fetches: number;
}

/** Measures deliveries and people who write, with and without ten invalid requests for each delivery; then what each kind costs. */
export async function benchFlood(options: FloodOptions): Promise<{ series: FloodSeries[]; costs: Cost[] }> {
  await using started = new AsyncDisposableStack();
  const peers = await startPeers(started, { hosts: options.hosts, authors: options.lines });
  const stranger = await startPeers(started, { hosts: 1, authors: 0 });
  const server = await startFlooded(peers, stranger.hosts[0]!);
  started.defer(() => server.close());
  const run = createCheckedRun(server);
  const quiet = {
    contender: "quiet",
    play: async (schedule: Schedule) => await measure(server, () => run(both(schedule))),
  };
  const flooded = {
    contender: "flooded",
    play: async (schedule: Schedule) =>
      await measure(server, () => floodDuring(server, schedule, () => run(both(schedule)))),
  };
  const series = await playRounds([quiet, flooded], options);
  const asked = () => peers.asked() + stranger.asked();
  const costs = await measureCosts({ server, asked }, options);
  return { series: series.map(({ contender, rate, rounds }) => ({ contender, rate, rounds })), costs };
}

/** The rate counts deliveries; as many messages are written here. */
function both(schedule: Schedule): Schedule {
  return { ...schedule, rate: schedule.rate * 2 };
}

async function floodDuring(
  server: Flooded,
  { rate, seconds }: Schedule,
  run: () => Promise<Run>,
): Promise<Run> {
  const make = (kind: string, n: number) => makeInvalid(kind, server.scene(n));
  const requests = mixInvalid(kindsOfInvalid, rate * INVALID * seconds, make);
  return await server.during({ rate: rate * INVALID, requests }, run);
}

async function measure(server: Flooded, play: () => Promise<Run>): Promise<FloodRound> {
  await server.lag(); // from here on
  const { sends } = await play();
  const lag = await server.lag();
  const latencies = (wanted: boolean) =>
    percentiles(
      sends
        .filter(({ line }) => server.isDelivery(line) === wanted)
        .map(({ due, delivered }) => (delivered ?? NaN) - due),
    );
  return { deliveries: latencies(true), sends: latencies(false), lag };
}

interface Measured {
  readonly server: Flooded;
  readonly asked: () => number;
}

async function measureCosts(
  { server, asked }: Measured,
  { rounds, samples, say }: FloodOptions,
): Promise<Cost[]> {
  const kinds = ["valid", ...kindsOfInvalid];
  const totals = new Map(kinds.map((kind) => [kind, { requests: 0, server: 0, postgres: 0, fetches: 0 }]));
  for (let round = 0; round < rounds; round += 1) {
    say(`costs, round ${round + 1} of ${rounds}`);
    for (const kind of kinds) {
      const [before, fetches] = [await server.cpu(), asked()];
      await sendMany(server, kind, samples);
      const after = await server.cpu();
      const total = totals.get(kind)!;
      total.requests += samples;
      total.server += ((after?.server ?? NaN) - (before?.server ?? NaN)) * 1e6;
      total.postgres += ((after?.postgres ?? NaN) - (before?.postgres ?? NaN)) * 1e6;
      total.fetches += asked() - fetches;
    }
  }
  if (totals.get("unsigned")!.fetches > 0)
    throw new Incorrect("luciole", ["unsigned requests made it ask others"]);
  return [...totals].map(([kind, { requests, fetches, ...cpu }]) => {
    const each = { server: cpu.server / requests, postgres: cpu.postgres / requests };
    return { kind, requests, fetches, cpu: Number.isNaN(each.server) ? null : each };
  });
}

async function sendMany(server: Flooded, kind: string, samples: number): Promise<void> {
  const before = await server.messages();
  if (kind === "valid") return await server.deliverValid(samples);
  const requests = mixInvalid([kind], samples, (one, n) => makeInvalid(one, server.scene(n)));
  await server.during({ rate: COST_RATE, requests }, async () => {});
  if ((await server.messages()) !== before) throw new Incorrect("luciole", [`${kind}: a message was stored`]);
}

/** The figures with or without a flood, over all rounds. */
export interface FloodLine {
  readonly contender: string;
  readonly rate: number;
  readonly deliveriesP50: Spread;
  readonly deliveriesP99: Spread;
  readonly sendsP50: Spread;
  readonly sendsP99: Spread;
  readonly deliveriesP99ToQuiet: Spread;
  readonly sendsP99ToQuiet: Spread;
  readonly lagP99: Spread;
  readonly lagMost: Spread;
}

/** Sums the rounds up and sets them in relation. */
export function relateFlood(series: readonly FloodSeries[]): FloodLine[] {
  return series.map((own) => {
    const quiet = series.find(({ contender, rate }) => contender === "quiet" && rate === own.rate)!;
    const of = ({ rounds }: FloodSeries, what: "deliveries" | "sends", share: keyof Percentiles) =>
      rounds.map((round) => round[what][share]);
    return {
      contender: own.contender,
      rate: own.rate,
      deliveriesP50: spread(of(own, "deliveries", "p50")),
      deliveriesP99: spread(of(own, "deliveries", "p99")),
      sendsP50: spread(of(own, "sends", "p50")),
      sendsP99: spread(of(own, "sends", "p99")),
      deliveriesP99ToQuiet: ratio(of(own, "deliveries", "p99"), of(quiet, "deliveries", "p99")),
      sendsP99ToQuiet: ratio(of(own, "sends", "p99"), of(quiet, "sends", "p99")),
      lagP99: spread(own.rounds.map(({ lag }) => lag.p99)),
      lagMost: spread(own.rounds.map(({ lag }) => lag.most)),
    };
  });
}

const columns: readonly Column<FloodLine>[] = [
  ["valid/s", ({ rate }) => String(rate)],
  ["", ({ contender }) => contender],
  ["delivery p99 / quiet", ({ deliveriesP99ToQuiet }) => formatSpread(deliveriesP99ToQuiet)],
  ["local send p99 / quiet", ({ sendsP99ToQuiet }) => formatSpread(sendsP99ToQuiet)],
  ["delivery p50 ms", ({ deliveriesP50 }) => formatSpread(deliveriesP50)],
  ["p99 ms", ({ deliveriesP99 }) => formatSpread(deliveriesP99)],
  ["local send p50 ms", ({ sendsP50 }) => formatSpread(sendsP50)],
  ["p99 ms", ({ sendsP99 }) => formatSpread(sendsP99)],
  ["event loop late, p99 ms", ({ lagP99 }) => formatSpread(lagP99)],
  ["most", ({ lagMost }) => formatSpread(lagMost)],
];

function costColumns(costs: readonly Cost[]): readonly Column<Cost>[] {
  const sum = ({ cpu }: Cost) => (cpu === null ? NaN : cpu.server + cpu.postgres);
  const valid = sum(costs[0]!);
  return [
    ["request", ({ kind }) => kind],
    ["CPU / valid", (cost) => (sum(cost) / valid).toFixed(3)],
    ["CPU us: server", ({ cpu }) => cpu?.server.toFixed(0) ?? "?"],
    ["PostgreSQL", ({ cpu }) => cpu?.postgres.toFixed(0) ?? "?"],
    ["requests", ({ requests }) => String(requests)],
    ["our own requests to others", ({ fetches }) => String(fetches)],
  ];
}

/** The figures of the bench `flood` as two tables. */
export function formatFlood(lines: readonly FloodLine[], costs: readonly Cost[]): string {
  return `${formatTable(columns, lines)}\n\n${formatTable(costColumns(costs), costs)}`;
}
