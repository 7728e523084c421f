import { Incorrect } from "./check.ts";
import type { Contender, Scale } from "./contender.ts";
import type { Schedule } from "./load.ts";
import { startLuciole } from "./luciole.ts";
import { startFloor, startPrototype } from "./relays.ts";
import { averageCpu, createPlay, playRounds, type Round, type RoundsOptions } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface GroupOptions extends RoundsOptions {
  /** Each with one live session, beside the one who writes. */
  readonly members: number;
  /** Another checkout of this repository, to be measured beside this one. */
  readonly against?: string | undefined;
}

export interface GroupSeries {
  readonly contender: string;
  readonly rate: number;
  readonly rounds: readonly Round[];
  /** Rows that a message left, all tables together; null where nobody counts. */
  readonly inserts: number | null;
}

/** Measures one message to all members of a group until each of them has it, committed. */
export async function benchGroup(options: GroupOptions): Promise<GroupSeries[]> {
  await using started = new AsyncDisposableStack();
  const scale: Scale = { lines: 1, idle: 0, sessions: options.members, each: true };
  const entrants = [];
  const starts = [startFloor, startPrototype, (to: Scale) => startLuciole(to)];
  if (options.against !== undefined) starts.push((to) => startLuciole(to, options.against));
  for (const start of starts) {
    const contender = await start(scale);
    started.defer(() => contender.close());
    options.say(`${contender.name} runs, with ${options.members} sessions`);
    entrants.push(enter(contender));
  }
  const series = await playRounds(entrants, options);
  return series.map(({ contender, rate, rounds, inserts }) => ({
    contender,
    rate,
    rounds,
    inserts: inserts(),
  }));
}

function enter(contender: Contender) {
  const play = createPlay(contender);
  let before: ReadonlyMap<string, number> | undefined;
  let messages = 0;
  let inserts: number | null = null;
  return {
    contender: contender.name,
    inserts: () => inserts,
    play: async (schedule: Schedule): Promise<Round> => {
      before ??= await contender.countRows?.();
      const round = await play(schedule);
      messages += round.messages;
      if (before !== undefined) inserts = await countInserts(contender, before, messages);
      return round;
    },
  };
}

/** Rows per message, all rounds so far together; refuses what leaves a row for each recipient, or a message more than once. */
async function countInserts(
  contender: Contender,
  before: ReadonlyMap<string, number>,
  messages: number,
): Promise<number> {
  const now = await contender.countRows!();
  const inserted = new Map([...now].map(([table, count]) => [table, count - (before.get(table) ?? 0)]));
  const faults = [...inserted].filter(([, count]) => count > messages);
  if (faults.length > 0 || inserted.get("message") !== messages)
    throw new Incorrect(contender.name, [`${messages} messages made ${JSON.stringify([...inserted])}`]);
  return [...inserted.values()].reduce((sum, count) => sum + count, 0) / messages;
}

/** The figures of one contender at one rate, over all rounds. */
export interface GroupLine {
  readonly contender: string;
  readonly rate: number;
  /** Milliseconds until the last member had it. */
  readonly p50: Spread;
  readonly p50ToFloor: Spread;
  /** Milliseconds per message, server and PostgreSQL; null where the system does not tell. */
  readonly cpu: number | null;
  readonly cpuToFloor: number | null;
  readonly inserts: number | null;
}

/** Sums the rounds up and sets them in relation. */
export function relateGroup(series: readonly GroupSeries[]): GroupLine[] {
  return series.map((own) => {
    const floor = series.find(({ contender, rate }) => contender === "floor" && rate === own.rate)!;
    const p50 = ({ rounds }: GroupSeries) => rounds.map(({ delivered }) => delivered.p50);
    const [ours, least] = [cpuOf(own), cpuOf(floor)];
    return {
      contender: own.contender,
      rate: own.rate,
      p50: spread(p50(own)),
      p50ToFloor: ratio(p50(own), p50(floor)),
      cpu: ours,
      cpuToFloor: ours === null || least === null ? null : ours / least,
      inserts: own.inserts,
    };
  });
}

function cpuOf({ rounds }: GroupSeries): number | null {
  const cpu = averageCpu(rounds);
  return cpu && (cpu.server + cpu.postgres) / 1000;
}

const columns: readonly Column<GroupLine>[] = [
  ["rate/s", ({ rate }) => String(rate)],
  ["contender", ({ contender }) => contender],
  ["CPU / floor", ({ cpuToFloor }) => cpuToFloor?.toFixed(2) ?? "?"],
  ["CPU ms", ({ cpu }) => cpu?.toFixed(1) ?? "?"],
  ["p50 / floor", ({ p50ToFloor }) => formatSpread(p50ToFloor)],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["rows per message", ({ inserts }) => inserts?.toFixed(1) ?? "-"],
];

/** The figures of the bench `group` as a table. */
export function formatGroup(lines: readonly GroupLine[]): string {
  return formatTable(columns, lines);
}
