import type { Pool } from "undici";
import { Incorrect } from "./check.ts";
import { now } from "./clock.ts";
import { seedConversations } from "./list-rows.ts";
import { openPool } from "./luciole.ts";
import { makePeople, startLucioleServer } from "./luciole-server.ts";
import { type Percentiles, percentiles } from "./rounds.ts";
import { ratio, type Spread, spread } from "./stats.ts";
import { type Column, formatSpread, formatTable } from "./table.ts";

export interface ListOptions {
  readonly rounds: number;
  /** Conversations of whoever has many. */
  readonly lines: number;
  /** Conversations of others on the server. */
  readonly rows: number;
  /** Questions of each kind in a round. */
  readonly asked: number;
  readonly say: (text: string) => void;
}

/** `few` have ten; `idle` has as many as `many`, and all of them are older than those of the others. */
const readers = ["few", "many", "idle"] as const;
type Reader = (typeof readers)[number];
const kinds = ["first page", "sync", "own"] as const;
type Kind = (typeof kinds)[number];

/** How fast one reader was answered, each round. */
export interface ListSeries {
  readonly reader: Reader;
  readonly kind: Kind;
  readonly rounds: readonly Percentiles[];
}

/** Conversations of whoever has few, and of a page. */
const FEW = 10;
/** Conversations that change between two questions what changed. */
const CHANGED = 3;

/** Measures what a client asks when it opens and when it resumes, with few conversations and with many. */
export async function benchList(options: ListOptions): Promise<ListSeries[]> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started);
  const { database } = server;
  const people = await makePeople(database, readers.length);
  const counts = [FEW, options.lines, options.lines];
  const owners = people.map(({ id }, index) => ({
    id,
    count: counts[index]!,
    isIdle: readers[index] === "idle",
  }));
  await seedConversations(database, { owners, others: options.rows });
  options.say(
    `${options.rows} conversations of others, ${options.lines} of each of two people, ${FEW} of one`,
  );
  const pool = openPool(started, server.at);
  const entrants = kinds.flatMap((kind) =>
    readers.map((reader, index) => ({ reader, kind, person: people[index]!, rounds: [] as Percentiles[] })),
  );
  // What is asked first is slower than what follows: each connection learns its statements once.
  for (const { kind, person } of entrants) await prepareAsking(database, { pool, kind, person })(8);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
      const ask = prepareAsking(database, { pool, kind: entrant.kind, person: entrant.person });
      entrant.rounds.push(await ask(options.asked));
    }
    options.say(`round ${round + 1} of ${options.rounds}`);
  }
  return entrants.map(({ reader, kind, rounds }) => ({ reader, kind, rounds }));
}

type Someone = Awaited<ReturnType<typeof makePeople>>[number];
type Database = Parameters<typeof makePeople>[0];

/** Asks one question after another and checks that each answer is whole. */
function prepareAsking(
  { sql }: Database,
  { pool, kind, person }: { pool: Pool; kind: Kind; person: Someone },
): (count: number) => Promise<Percentiles> {
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${person.token}` };
    const answer = await pool.request({ method: "GET", path: `/api/chat/v1${path}`, headers });
    return (await answer.body.json()) as {
      conversations?: readonly object[];
      cursor?: string;
      folders?: unknown;
    };
  };
  const pathOf = async () => {
    if (kind === "first page") return `/conversations?archived=false&limit=${FEW}`;
    if (kind === "own") return "/me/own";
    const { cursor } = await get("/sync");
    await sql`
      update conversation set changed_xid = pg_current_xact_id() where id in (
        select conversation_id from member where person_id = ${person.id} limit ${CHANGED})`;
    return `/sync?after=${cursor}`;
  };
  const expected = { "first page": FEW, sync: CHANGED, own: undefined }[kind];
  return async (count) => {
    const path = await pathOf();
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const began = now();
      const { conversations } = await get(path);
      times.push(now() - began);
      if (conversations?.length !== expected)
        throw new Incorrect(kind, [`${conversations?.length} conversations and not ${expected}`]);
    }
    return percentiles(times);
  };
}

/** A reader beside whoever has few. */
export interface ListLine {
  readonly reader: Reader;
  readonly kind: Kind;
  readonly p50: Spread;
  readonly p50ToFew: Spread;
}

/** Relates each reader to the one with few conversations, round by round. */
export function relateList(series: readonly ListSeries[]): ListLine[] {
  return series.map(({ reader, kind, rounds }) => {
    const few = series.find((one) => one.kind === kind && one.reader === "few")!;
    const p50s = rounds.map(({ p50 }) => p50);
    const base = few.rounds.map(({ p50 }) => p50);
    return { reader, kind, p50: spread(p50s), p50ToFew: ratio(p50s, base) };
  });
}

const columns: readonly Column<ListLine>[] = [
  ["question", ({ kind }) => kind],
  ["reader", ({ reader }) => reader],
  ["p50 ms", ({ p50 }) => formatSpread(p50)],
  ["to few", ({ p50ToFew }) => formatSpread(p50ToFew)],
];

/** The figures as a table for people. */
export function formatList(lines: readonly ListLine[]): string {
  return formatTable(columns, lines);
}
