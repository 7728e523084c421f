import { randomUUID } from "node:crypto";
import { poll } from "../test/helpers/poll.ts";
import { Incorrect } from "./check.ts";
import type { CpuTimes, Line } from "./contender.ts";
import { openPool, sender } from "./luciole.ts";
import { makeGroup, makePeople, type Person, startLucioleServer } from "./luciole-server.ts";
import { cpuOf, startServer } from "./processes.ts";
import { type Percentiles, percentiles, playRounds } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { comeBack, createBareClient, createClient, type StormClient } from "./storm-clients.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface StormOptions {
  readonly rounds: number;
  readonly clients: number;
  /** Groups that they are in, each in one. */
  readonly lines: number;
  /** Sent while all are away, over all groups. */
  readonly messages: number;
  /** Clients that come back at a time. */
  readonly abreast: number;
  readonly say: (text: string) => void;
}

/** One return of all. Milliseconds from its beginning; CPU in milliseconds for each client, null where the system does not tell. */
export interface StormRound {
  /** Until the last one was connected, and until the last one had everything. */
  readonly connected: number;
  readonly whole: number;
  readonly each: Percentiles;
  readonly cpu: CpuTimes | null;
}

export interface StormSeries {
  readonly contender: string;
  readonly rounds: readonly StormRound[];
}

/** Whoever everybody comes back to. */
interface Harbour {
  readonly contender: string;
  readonly clients: readonly StormClient[];
  /** One for each group; none where nothing is sent. */
  readonly lines: readonly Line[];
  cpu(): Promise<CpuTimes | null>;
}

/** Measures how long it takes until all have come back at once and have what was sent meanwhile. */
export async function benchStorm(options: StormOptions): Promise<StormSeries[]> {
  await using started = new AsyncDisposableStack();
  const entrants = [];
  for (const open of [openFloor, openUs]) {
    const harbour = await open(started, options);
    await comeBack(harbour.clients, options.abreast);
    started.defer(async () => void (await Promise.all(harbour.clients.map((client) => client.lose()))));
    options.say(`${harbour.contender} runs, with ${options.clients} clients`);
    entrants.push({ contender: harbour.contender, play: createPlay(harbour, options) });
  }
  const series = await playRounds(entrants, { ...options, seconds: 0, rates: [0] });
  return series.map(({ contender, rounds }) => ({ contender, rounds }));
}

/** A server that takes sockets, and nothing else. */
async function openFloor(started: AsyncDisposableStack, options: StormOptions): Promise<Harbour> {
  const server = await startServer(started, { file: "bench/floor.ts", env: {} });
  const clients = Array.from({ length: options.clients }, (_, n) =>
    createBareClient(`ws://127.0.0.1:${server.port}/?person=p${n}`),
  );
  return { contender: "raw accept", clients, lines: [], cpu: () => cpuOf(server, null) };
}

async function openUs(started: AsyncDisposableStack, options: StormOptions): Promise<Harbour> {
  const server = await startLucioleServer(started);
  const { at, database } = server;
  const authors = await makePeople(database, options.lines);
  const people = await makePeople(database, options.clients);
  const pool = openPool(started, at, options.abreast);
  const lines: Line[] = [];
  for (const [line, author] of authors.entries()) {
    const conversation = await makeGroup(database, [author, ...membersOf(people, line, options.lines)]);
    lines.push(sender(pool, author, conversation));
  }
  const clients = people.map((person) => createClient(pool, at, person));
  return { contender: "luciole", clients, lines, cpu: server.cpu };
}

/** Everybody is in one group, by turns. */
function membersOf<Member extends Person | StormClient>(
  all: readonly Member[],
  line: number,
  lines: number,
): Member[] {
  return all.filter((_, index) => index % lines === line);
}

function createPlay(harbour: Harbour, { messages, abreast }: StormOptions) {
  const { clients, lines } = harbour;
  const sent = lines.map(() => 0);
  const send = async (count: number): Promise<void> => {
    const each = lines.map(async (line, index) => {
      for (let turn = index; turn < count; turn += lines.length) {
        const key = randomUUID();
        await line.prepare(key, key.padEnd(200, " lorem ipsum"))();
        sent[index]! += 1;
      }
    });
    await Promise.all(each);
  };
  const isWhole = (): boolean =>
    lines.every((_, line) =>
      membersOf(clients, line, lines.length).every(({ seen }) => seen.length >= sent[line]!),
    );
  return async (): Promise<StormRound> => {
    await Promise.all(clients.map((client) => client.lose()));
    await send(messages);
    const before = await harbour.cpu();
    const returns = await comeBack(clients, abreast);
    const after = await harbour.cpu();
    check(harbour, sent);
    // Whoever is back hears what is said from now on.
    await send(lines.length);
    await poll("all hear again", isWhole, 30_000).catch(() => undefined);
    check(harbour, sent);
    const used = (name: keyof CpuTimes) => ((after![name] - before![name]) * 1000) / clients.length;
    return {
      connected: Math.max(...returns.map(({ connected }) => connected)),
      whole: Math.max(...returns.map(({ whole }) => whole)),
      each: percentiles(returns.map(({ whole }) => whole)),
      cpu: before && after && { server: used("server"), postgres: used("postgres") },
    };
  };
}

/** Each has each message of their group, in order, and none twice. */
function check({ contender, clients, lines }: Harbour, sent: readonly number[]): void {
  const faults = lines.flatMap((_, line) =>
    membersOf(clients, line, lines.length).flatMap(({ seen }, client) => {
      const isRight = seen.length === sent[line] && seen.every((position, index) => position === index + 1);
      return isRight ? [] : [`group ${line}, client ${client}: of ${sent[line]} it has ${seen.join()}`];
    }),
  );
  if (faults.length > 0) throw new Incorrect(contender, faults);
}

/** The figures of one contender, over all rounds. */
export interface StormLine {
  readonly contender: string;
  /** Milliseconds. */
  readonly connected: Spread;
  readonly whole: Spread;
  readonly eachP50: Spread;
  readonly eachP99: Spread;
  /** Round by round against the raw accept. */
  readonly connectedToRaw: Spread;
  readonly wholeToRaw: Spread;
  /** Milliseconds for each client; not a number where the system does not tell. */
  readonly server: Spread;
  readonly postgres: Spread;
}

/** Sums the rounds up and sets them in relation. */
export function relateStorm(series: readonly StormSeries[]): StormLine[] {
  const raw = series[0]!.rounds.map(({ connected }) => connected);
  return series.map(({ contender, rounds }) => {
    const connected = rounds.map((round) => round.connected);
    const whole = rounds.map((round) => round.whole);
    return {
      contender,
      connected: spread(connected),
      whole: spread(whole),
      eachP50: spread(rounds.map(({ each }) => each.p50)),
      eachP99: spread(rounds.map(({ each }) => each.p99)),
      connectedToRaw: ratio(connected, raw),
      wholeToRaw: ratio(whole, raw),
      server: spread(rounds.map(({ cpu }) => cpu?.server ?? NaN)),
      postgres: spread(rounds.map(({ cpu }) => cpu?.postgres ?? NaN)),
    };
  });
}

const columns: readonly Column<StormLine>[] = [
  ["contender", ({ contender }) => contender],
  ["whole / raw", ({ wholeToRaw }) => formatSpread(wholeToRaw)],
  ["connected / raw", ({ connectedToRaw }) => formatSpread(connectedToRaw)],
  ["all whole ms", ({ whole }) => formatSpread(whole)],
  ["all connected ms", ({ connected }) => formatSpread(connected)],
  ["p50 ms", ({ eachP50 }) => formatSpread(eachP50)],
  ["p99 ms", ({ eachP99 }) => formatSpread(eachP99)],
  ["CPU ms: server", ({ server }) => formatSpread(server)],
  ["PostgreSQL", ({ postgres }) => formatSpread(postgres)],
];

/** The figures of the bench `storm` as a table. */
export function formatStorm(lines: readonly StormLine[]): string {
  return formatTable(columns, lines);
}
