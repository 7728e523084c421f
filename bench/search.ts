import type { Pool } from "undici";
import { now } from "./clock.ts";
import { Incorrect } from "./check.ts";
import type { Contender, Line } from "./contender.ts";
import { beginConversations, openPool, sender } from "./luciole.ts";
import { makePeople, startLucioleServer } from "./luciole-server.ts";
import { type Database, startServer } from "./processes.ts";
import { createPlay, type Percentiles, percentiles, playRounds } from "./rounds.ts";
import {
  holdIndexing,
  indexAll,
  type Kind,
  kinds,
  releaseIndexing,
  wordsOfKind,
  writeHistory,
} from "./search-rows.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface SearchOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Messages in all. */
  readonly rows: number;
  /** Conversations that they are spread over; half of them are those of whoever looks. */
  readonly lines: number;
  /** Messages per second that are sent. */
  readonly rate: number;
  /** Searches of each kind in a round. */
  readonly asked: number;
  readonly say: (text: string) => void;
}

/** One contender and what it did, each round. */
export interface SearchSeries {
  readonly contender: string;
  readonly kind: Kind | "send";
  readonly rounds: readonly Percentiles[];
}

interface Entrant {
  readonly contender: string;
  readonly kind: Kind | "send";
  play(schedule: { rate: number; seconds: number; seed: number }): Promise<Percentiles>;
}

/** Measures searches of words of each kind beside the bare question to the index, and sends with and without indexing. */
export async function benchSearch(options: SearchOptions): Promise<SearchSeries[]> {
  await using started = new AsyncDisposableStack();
  const { rows, lines, say } = options;
  const server = await startLucioleServer(started);
  const { database } = server;
  const [viewer, other, third] = (await makePeople(database, 3)) as [Someone, Someone, Someone];
  const friends = await makePeople(database, lines);
  const conversations = await server.within((ctx) =>
    beginConversations(
      ctx,
      friends.map((friend, index) => [index % 2 === 0 ? viewer : other, friend]),
    ),
  );
  const [sending] = await server.within((ctx) => beginConversations(ctx, [[other, third]]));
  await writeHistory(database, conversations, rows);
  const speed = await server.within((ctx) => indexAll(ctx, rows));
  say(`${rows} messages are indexed, ${Math.round(speed)} a second`);
  await database.sql`vacuum analyze`;
  const floor = await startServer(started, {
    file: "bench/search-floor.ts",
    env: { DATABASE_URL: database.url },
  });
  const [bare, ours] = [openPool(started, `127.0.0.1:${floor.port}`), openPool(started, server.at)];
  const entrants = [
    ...askers([bare, ours], viewer, options),
    ...senders(database, sender(ours, other, sending!)),
  ];
  const series = await playRounds(entrants, { ...options, rates: [options.rate] });
  return series.map(({ contender, kind, rounds }) => ({ contender, kind, rounds }));
}

/** Whoever looks, beside the bare question. */
function askers(
  [bare, ours]: readonly [Pool, Pool],
  viewer: Someone,
  { rows, asked }: SearchOptions,
): Entrant[] {
  return kinds.flatMap((kind) => {
    const words = wordsOfKind(kind, rows);
    const questions = { words, asked, isFull: kind === "common" || kind === "everywhere" };
    const headers = { authorization: `Bearer ${viewer.token}` };
    const path = (word: string) => `/api/chat/v1/search?limit=20&q=${word}%20`;
    return [
      { contender: "raw GIN", kind, play: ask(bare, { ...questions, path: (word) => `/?word=${word}` }) },
      { contender: "luciole", kind, play: ask(ours, { ...questions, path, headers }) },
    ];
  });
}

/** Whoever sends, with and without indexing meanwhile. */
function senders(database: Database, line: Line): Entrant[] {
  const idle: Contender = {
    name: "send",
    sessions: 0,
    lines: [line],
    hear: () => {},
    stored: () => Promise.resolve(null),
    cpu: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
  const play = createPlay(idle);
  return [
    {
      contender: "not indexed meanwhile",
      kind: "send",
      play: async (schedule) => {
        await holdIndexing(database);
        const { acknowledged } = await play(schedule);
        await releaseIndexing(database);
        return acknowledged;
      },
    },
    { contender: "luciole", kind: "send", play: async (schedule) => (await play(schedule)).acknowledged },
  ];
}

type Someone = Awaited<ReturnType<typeof makePeople>>[number];

interface Asking {
  readonly words: readonly string[];
  readonly asked: number;
  readonly path: (word: string) => string;
  readonly headers?: Record<string, string>;
  /** There are enough of them for a whole page. */
  readonly isFull: boolean;
}

/** Asks one question after another, each for another word, and checks that the answers have it. */
function ask(pool: Pool, { words, asked, path, headers = {}, isFull }: Asking) {
  return async ({ seed }: { seed: number }): Promise<Percentiles> => {
    const times: number[] = [];
    for (let index = 0; index < asked; index += 1) {
      const word = words[(seed * asked + index) % words.length]!;
      const began = now();
      const answer = await pool.request({ method: "GET", path: path(word), headers });
      const { results } = (await answer.body.json()) as { results?: readonly object[] };
      times.push(now() - began);
      const isRight = results?.every((result) => JSON.stringify(result).includes(word)) ?? false;
      if (!isRight || (isFull && results?.length !== 20))
        throw new Incorrect("search", [`${word} was answered ${answer.statusCode} with ${results?.length}`]);
    }
    return percentiles(times);
  };
}

/** The figures of one contender and one kind of question. */
export interface SearchLine {
  readonly contender: string;
  readonly kind: string;
  readonly p50: Spread;
  readonly p99: Spread;
  /** Round by round against the first contender of the kind. */
  readonly p50ToFloor: Spread;
  readonly p99ToFloor: Spread;
}

/** Sums the rounds up and sets them in relation. */
export function relateSearch(series: readonly SearchSeries[]): SearchLine[] {
  return series.map(({ contender, kind, rounds }) => {
    const floor = series.find((other) => other.kind === kind)!.rounds;
    const of = (name: keyof Percentiles, all: readonly Percentiles[]) => all.map((round) => round[name]);
    return {
      contender,
      kind,
      p50: spread(of("p50", rounds)),
      p99: spread(of("p99", rounds)),
      p50ToFloor: ratio(of("p50", rounds), of("p50", floor)),
      p99ToFloor: ratio(of("p99", rounds), of("p99", floor)),
    };
  });
}

const columns: readonly Column<SearchLine>[] = [
  ["what", ({ kind }) => kind],
  ["contender", ({ contender }) => contender],
  ["p50 / first", ({ p50ToFloor }) => formatSpread(p50ToFloor)],
  ["p99 / first", ({ p99ToFloor }) => formatSpread(p99ToFloor)],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["p99 ms", ({ p99 }) => formatSpread(p99)],
];

/** The figures of the bench `search` as a table. */
export function formatSearch(lines: readonly SearchLine[]): string {
  return formatTable(columns, lines);
}
