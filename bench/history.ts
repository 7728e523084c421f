import type { Pool } from "undici";
import { Incorrect } from "./check.ts";
import { now } from "./clock.ts";
import { momentOf, type Past, unread, writePast } from "./history-rows.ts";
import { beginConversations, openPool } from "./luciole.ts";
import { makePeople, type LucioleServer, type Person, startLucioleServer } from "./luciole-server.ts";
import { startServer } from "./processes.ts";
import { type Percentiles, percentiles, playRounds } from "./rounds.ts";
import { holdIndexing } from "./search-rows.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

/** The list's first page; the newest messages, for who has read them and who has read nothing; those before half of all; those around a position and a date. */
export const kinds = ["list", "newest", "nothing read", "deep", "around", "date"] as const;
export type Kind = (typeof kinds)[number];

export interface HistoryOptions {
  readonly rounds: number;
  /** Messages in one conversation: one or several lengths, the shortest first. */
  readonly rows: readonly number[];
  /** Conversations beside it in the list. */
  readonly lines: number;
  /** Questions of each kind in a round, to each contender and each length. */
  readonly asked: number;
  readonly say: (text: string) => void;
}

/** One contender at one length, and how long its answers took, each round. */
export interface HistorySeries {
  readonly contender: string;
  readonly kind: Kind;
  readonly rows: number;
  readonly rounds: readonly Percentiles[];
}

/** Messages or conversations on a page. */
const PAGE = 50;

interface House {
  readonly past: Past;
  /** Has read all but ten. */
  readonly reader: Person;
  /** Has read nothing. */
  readonly absent: Person;
}

/** Measures pages of history and of the list beside the bare rows, in short and long conversations. */
export async function benchHistory(options: HistoryOptions): Promise<HistorySeries[]> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started);
  const { database } = server;
  await holdIndexing(database);
  const houses: House[] = [];
  for (const rows of options.rows) {
    houses.push(await furnish(server, rows, options.lines));
    options.say(`${rows} messages are there`);
  }
  await database.sql`vacuum analyze`;
  const floor = await startServer(started, {
    file: "bench/history-floor.ts",
    env: { DATABASE_URL: database.url },
  });
  const [bare, ours] = [openPool(started, `127.0.0.1:${floor.port}`), openPool(started, server.at)];
  const askers = houses.flatMap((house) => [
    { contender: "raw SQL", house, ask: askBare(bare, house) },
    { contender: "luciole", house, ask: askUs(ours, house) },
  ]);
  const entrants = kinds.map((kind) => ({ kind, play: playInTurn(askers, kind, options.asked) }));
  const series = await playRounds(entrants, { ...options, seconds: 0, rates: [0] });
  return series.flatMap(({ kind, rounds }) =>
    askers.map(({ contender, house }, index) => {
      return { contender, kind, rows: house.past.rows, rounds: rounds.map((round) => round[index]!) };
    }),
  );
}

async function furnish(server: LucioleServer, rows: number, lines: number): Promise<House> {
  const [reader, absent, ...friends] = (await makePeople(server.database, lines + 2)) as [Person, Person];
  const pairs = [absent, ...friends].map((friend) => [reader, friend] as const);
  const [long, ...others] = await server.within((ctx) => beginConversations(ctx, pairs));
  const past = { long: long!, others, rows, end: new Date(Date.now() - 60_000) };
  await writePast(server.database, past);
  await unread(server.database, absent.id);
  return { past, reader, absent };
}

/** What is asked, and which positions the answer must have (none of a list). */
interface Question {
  readonly kind: Kind;
  /** Around which, or before which. */
  readonly position: number;
}

interface Answer {
  readonly messages?: readonly { readonly position: number }[];
  readonly conversations?: readonly object[];
}

type Ask = (question: Question) => Promise<Answer>;

function askBare(pool: Pool, { past, reader }: House): Ask {
  return async ({ kind, position }) => {
    if (kind === "list") return await read(pool, `/list?id=${reader.id}&limit=${PAGE}`);
    const shape = kind === "around" || kind === "date" ? "around" : "before";
    return await read(pool, `/${shape}?id=${past.long}&position=${position}&limit=${PAGE}`);
  };
}

function askUs(pool: Pool, { past, reader, absent }: House): Ask {
  const sides: Readonly<Record<Exclude<Kind, "list">, (position: number) => string>> = {
    newest: () => "",
    "nothing read": () => "",
    deep: (position) => `&before=${position}`,
    around: (position) => `&around=${position}`,
    date: (position) => `&date=${momentOf(past, position).toISOString()}`,
  };
  return async ({ kind, position }) => {
    const { token } = kind === "nothing read" ? absent : reader;
    const path =
      kind === "list"
        ? `conversations?limit=${PAGE}`
        : `conversations/${past.long}/messages?limit=${PAGE}${sides[kind](position)}`;
    return await read(pool, `/api/chat/v1/${path}`, { authorization: `Bearer ${token}` });
  };
}

async function read(pool: Pool, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await pool.request({ method: "GET", path, headers });
  if (answer.statusCode !== 200)
    throw new Incorrect("history", [
      `${path} was answered ${answer.statusCode}: ${await answer.body.text()}`,
    ]);
  return (await answer.body.json()) as Answer;
}

/** Asks everybody one question, then the next: what the machine does meanwhile is done to all of them. */
function playInTurn(askers: readonly { house: House; ask: Ask }[], kind: Kind, asked: number) {
  return async ({ seed }: { seed: number }): Promise<Percentiles[]> => {
    const times: number[][] = askers.map(() => []);
    for (let index = 0; index < asked; index += 1) {
      for (const [who, { house, ask }] of askers.entries()) {
        const question = { kind, position: positionOf(kind, house.past, seed * asked + index) };
        const began = now();
        const answer = await ask(question);
        times[who]!.push(now() - began);
        check(question, house.past, answer);
      }
    }
    return times.map(percentiles);
  };
}

function positionOf(kind: Kind, { rows }: Past, turn: number): number {
  if (kind === "around" || kind === "date") {
    // Anywhere in it, in no order: steps of the golden ratio never come to the same place.
    return PAGE + Math.floor(((turn * 0.618) % 1) * (rows - 2 * PAGE));
  }
  return kind === "deep" ? Math.floor(rows / 2) + (turn % PAGE) : rows + 1;
}

function check({ kind, position }: Question, { rows, others }: Past, answer: Answer): void {
  const [found, expected] =
    kind === "list"
      ? [answer.conversations?.length, Math.min(PAGE, 1 + others.length)]
      : [answer.messages?.map((message) => message.position).join(), positionsOf(kind, position)];
  if (found !== expected) throw new Incorrect("history", [`${kind} at ${position} of ${rows}: ${found}`]);
}

function positionsOf(kind: Kind, position: number): string {
  const first = position - (kind === "around" || kind === "date" ? PAGE / 2 : PAGE);
  return Array.from({ length: PAGE }, (_, index) => first + index).join();
}

/** The figures of one contender, one kind of question and one length. */
export interface HistoryLine {
  readonly contender: string;
  readonly kind: Kind;
  readonly rows: number;
  readonly p50: Spread;
  readonly p99: Spread;
  /** Round by round against the raw rows of the same length. */
  readonly p50ToRaw: Spread;
  readonly p99ToRaw: Spread;
  /** Round by round against the same contender in the shortest conversation. */
  readonly p50ToShortest: Spread;
  readonly p99ToShortest: Spread;
}

/** Sums the rounds up and sets them in relation. */
export function relateHistory(series: readonly HistorySeries[]): HistoryLine[] {
  const of = (name: keyof Percentiles, one: HistorySeries) => one.rounds.map((round) => round[name]);
  return series.map((own) => {
    const { contender, kind, rows } = own;
    const alike = series.filter((other) => other.kind === kind);
    const raw = alike.find((other) => other.rows === rows)!;
    const shortest = alike.find((other) => other.contender === contender)!;
    return {
      contender,
      kind,
      rows,
      p50: spread(of("p50", own)),
      p99: spread(of("p99", own)),
      p50ToRaw: ratio(of("p50", own), of("p50", raw)),
      p99ToRaw: ratio(of("p99", own), of("p99", raw)),
      p50ToShortest: ratio(of("p50", own), of("p50", shortest)),
      p99ToShortest: ratio(of("p99", own), of("p99", shortest)),
    };
  });
}

const columns: readonly Column<HistoryLine>[] = [
  ["what", ({ kind }) => kind],
  ["rows", ({ rows }) => String(rows)],
  ["contender", ({ contender }) => contender],
  ["p50 / raw", ({ p50ToRaw }) => formatSpread(p50ToRaw)],
  ["p99 / raw", ({ p99ToRaw }) => formatSpread(p99ToRaw)],
  ["p50 / shortest", ({ p50ToShortest }) => formatSpread(p50ToShortest)],
  ["p99 / shortest", ({ p99ToShortest }) => formatSpread(p99ToShortest)],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["p99 ms", ({ p99 }) => formatSpread(p99)],
];

/** The figures of the bench `history` as a table. */
export function formatHistory(lines: readonly HistoryLine[]): string {
  return formatTable(columns, lines);
}
