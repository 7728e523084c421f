import { join } from "node:path";
import { type Child, startNode } from "../test/helpers/child.ts";
import { type Arrival, type Contender, SESSIONS } from "./contender.ts";
import { deliver, deliveryLine, type Peers, type Recipient, signedDelivery } from "./deliveries.ts";
import type { Flood, FloodAnswers, Invalid } from "./flooder.ts";
import { acquaint, listenAll, openPool, storedOf } from "./inbox-contenders.ts";
import { type Scene, wrongAnswers } from "./invalid.ts";
import { beginConversations, openPool as openBrowserPool, sender } from "./luciole.ts";
import { type Lag, makePeople, startLucioleServer } from "./luciole-server.ts";
import { Incorrect } from "./check.ts";

const root = join(import.meta.dirname, "..");

/** A server that is sent deliveries and on which people write, line by line in turn, and that can be flooded. */
export interface Flooded extends Contender {
  /** Whether a line is one of deliveries; the others are people who write here. */
  isDelivery(line: number): boolean;
  /** What an invalid delivery is made of: the n-th known author, and whom they write to. */
  scene(n: number): Scene;
  /** Sends these while `work` is done, and checks their answers. Answers what `work` did. */
  during<Result>(flood: Omit<Flood, "at">, work: () => Promise<Result>): Promise<Result>;
  /** Sends valid deliveries outside of any line. */
  deliverValid(count: number): Promise<void>;
  /** How late its event loop was since it was asked last. */
  lag(): Promise<Lag>;
  /** How many messages there are. */
  messages(): Promise<number>;
}

/** Starts us with so many lines of deliveries as there are authors but for a fourth of them, and as many of local people. */
export async function startFlooded(peers: Peers, stranger: string): Promise<Flooded> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started, { peers: [...peers.hosts, stranger] });
  const readers = await makePeople(server.database, peers.authors.length);
  await acquaint(server, peers.authors, readers);
  const recipients = readers.map(({ id }): Recipient => ({ origin: server.origin, id }));
  const count = Math.ceil((peers.authors.length * 3) / 4);
  const [writers, friends] = [
    await makePeople(server.database, count),
    await makePeople(server.database, count),
  ];
  const pairs = writers.map((writer, n) => [writer, friends[n]!] as const);
  const conversations = await server.within((ctx) => beginConversations(ctx, pairs));
  const [remote, browsers] = [openPool(started, server.at), openBrowserPool(started, server.at)];
  let hear: (line: number, arrival: Arrival) => void = () => {};
  const hearers = Array.from({ length: count }, (_, n) => [readers[n]!, friends[n]!]).flat();
  await listenAll(server.at, hearers, (line, arrival) => hear(line, arrival));
  const scene = (n: number): Scene => {
    const at = n % count;
    return { author: peers.authors[at]!, to: recipients[at]!, stranger };
  };
  const owned = started.move();
  return {
    name: "luciole",
    sessions: SESSIONS,
    lines: Array.from({ length: count }, (_, n) => [
      deliveryLine(remote, peers.authors[n]!, recipients[n]!),
      sender(browsers, writers[n]!, conversations[n]!),
    ]).flat(),
    hear: (listener) => void (hear = listener),
    stored: async (line, after) => {
      const n = Math.floor(line / 2);
      if (line % 2 === 0) return await storedOf(server, peers.authors[n]!, after);
      const rows = await server.database.sql`
        select key, position::int, text from message
        where conversation_id = ${conversations[n]!} and position > ${after} order by position`;
      return rows.map((row) => ({ key: row["key"], position: row["position"], text: row["text"] }));
    },
    cpu: () => server.cpu(),
    close: () => owned.disposeAsync(),
    lag: () => server.lag(),
    isDelivery: (line) => line % 2 === 0,
    scene,
    during: (flood, work) => during({ ...flood, at: server.at }, work),
    deliverValid: async (number) => {
      for (let n = 0; n < number; n += 1) {
        const at = count + (n % (peers.authors.length - count));
        const key = crypto.randomUUID();
        const delivery = signedDelivery(peers.authors[at]!, recipients[at]!, { key, text: key });
        const status = await deliver(remote, delivery);
        if (status !== 202) throw new Error(`a delivery was answered ${status}`);
      }
    },
    messages: async () => {
      const [row] = await server.database.sql`select count(*)::int as count from message`;
      return Number(row?.["count"]);
    },
  };
}

async function during<Result>(flood: Flood, work: () => Promise<Result>): Promise<Result> {
  const child = startNode(["bench/flooder.ts"], { cwd: root, input: JSON.stringify(flood) });
  try {
    await child.waitFor(/^ready/m);
    child.signal("SIGUSR2");
    const [result, answers] = await Promise.all([work(), answersOf(child)]);
    const wrong = wrongAnswers(answers);
    const sent = Object.values(answers).flatMap((counts) => Object.values(counts));
    const missing = flood.requests.length - sent.reduce((sum, count) => sum + count, 0);
    if (missing !== 0) wrong.push(`${missing} were not answered`);
    if (wrong.length > 0) throw new Incorrect("luciole", wrong);
    return result;
  } finally {
    await child.kill("SIGKILL");
  }
}

async function answersOf(child: Child): Promise<FloodAnswers> {
  const [, answers = ""] = await child.waitFor(/^(\{.*\}) done/m, 120_000);
  return JSON.parse(answers) as FloodAnswers;
}

/** So many of each kind, mixed. */
export function mixInvalid(
  kinds: readonly string[],
  count: number,
  make: (kind: string, n: number) => Invalid,
): Invalid[] {
  return Array.from({ length: count }, (_, n) => make(kinds[n % kinds.length]!, n));
}
