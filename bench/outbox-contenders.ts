import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Pool } from "undici";
import type { Context } from "#domain/context.ts";
import { findOrBegin } from "#domain/conversations.ts";
import { findSigningKey, makeKeyPairs, saveKeyPairs } from "#domain/keys.ts";
import { type PersonRow, readPerson, saveRemotePerson } from "#domain/people.ts";
import { transact } from "#domain/transact.ts";
import type { ConversationId } from "#lib/ids.ts";
import { poll } from "../test/helpers/poll.ts";
import type { CpuTimes } from "./contender.ts";
import { openPool, sender } from "./luciole.ts";
import { type LucioleServer, makePeople, type Person, startLucioleServer } from "./luciole-server.ts";
import { cpuOf, startServer } from "./processes.ts";
import type { SinkPorts, Taken } from "./sinks.ts";

/** People in one conversation beside its author: a larger one there is not. */
const OTHERS = 99;
/** Milliseconds after which what has not arrived is lost. */
const PATIENCE = 120_000;

/** Other servers on this machine. */
export interface Sinks {
  readonly ports: SinkPorts;
  /** Forgets what was taken, and verifies with this key from now on. */
  expect(pem: string): Promise<void>;
  taken(): Promise<readonly Taken[]>;
}

/** Starts sinks, a part of them dead: one half refuses connections, the other takes them and never answers. */
export async function startSinks(
  started: AsyncDisposableStack,
  { live, dead }: { live: number; dead: number },
): Promise<Sinks> {
  const refusing = Math.ceil(dead / 2);
  const env = { LIVE: String(live), REFUSING: String(refusing), SILENT: String(dead - refusing) };
  const { child, port } = await startServer(started, { file: "bench/sinks.ts", env });
  const [, ports = ""] = await child.waitFor(/^(\{.*\}) ready/m);
  const pool = new Pool(`http://127.0.0.1:${port}`);
  started.defer(() => pool.destroy());
  return {
    ports: JSON.parse(ports) as SinkPorts,
    expect: async (pem) => {
      const answer = await pool.request({ method: "PUT", path: "/", body: pem });
      await answer.body.dump();
    },
    taken: async () => {
      const answer = await pool.request({ method: "GET", path: "/" });
      return (await answer.body.json()) as Taken[];
    },
  };
}

/** Somebody who posts to many servers at once. */
export interface Poster {
  readonly name: string;
  /** The servers that shall have it, and those that cannot. */
  readonly live: readonly number[];
  readonly dead: readonly number[];
  /** How many activities each post is: one for each conversation. */
  readonly activities: number;
  readonly publicKey: string;
  post(): Promise<void>;
  /** Throws unless it is written down who has it; then makes everything as if nobody had ever been asked. */
  settle(): Promise<void>;
  cpu(): Promise<CpuTimes | null>;
}

/** Starts the floor: signs and posts to the live servers. */
export async function startOutboxFloor(started: AsyncDisposableStack, { ports }: Sinks): Promise<Poster> {
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const env = { PRIVATE_KEY: keys.privateKey, KEY_ID: "https://floor.example/actor#main-key" };
  const server = await startServer(started, { file: "bench/outbox-floor.ts", env });
  const pool = new Pool(`http://127.0.0.1:${server.port}`, { headersTimeout: PATIENCE });
  started.defer(() => pool.destroy());
  return {
    name: "floor",
    live: ports.live,
    dead: [],
    activities: 1,
    publicKey: keys.publicKey,
    post: async () => {
      const body = JSON.stringify(ports.live.map(inboxOf));
      const answer = await pool.request({ method: "POST", path: "/", body });
      await answer.body.dump();
    },
    settle: async () => {},
    cpu: () => cpuOf(server, null),
  };
}

/** Starts us: one author, once in conversations with people of the live servers, once with some of dead ones between them. */
export async function startLucioleOutbox(
  started: AsyncDisposableStack,
  { ports }: Sinks,
  checkout?: string,
): Promise<readonly [alone: Poster, amongDead: Poster]> {
  const dead = [...ports.refusing, ...ports.silent];
  const peers = [...ports.live, ...dead].map((port) => `localhost:${port}`);
  const server = await startLucioleServer(started, { checkout, peers });
  const [author] = await makePeople(server.database, 1);
  const pool = openPool(started, server.at);
  const prefix = checkout === undefined ? "luciole" : "other";
  const begun = await server.within(async (ctx) => {
    await saveKeyPairs(ctx, ctx.db, { personId: author!.id, pairs: await makeKeyPairs() });
    const { publicKey } = await findSigningKey(ctx, author!.id, "rsa");
    const row = await readPerson(ctx, author!.id);
    const people = (list: readonly number[]) => Promise.all(list.map((port) => savePerson(ctx, port)));
    return {
      publicKey,
      alone: await beginMany(ctx, row, await people(ports.live)),
      amongDead: await beginMany(ctx, row, await people(mixed(ports.live, dead))),
    };
  });
  const poster = (
    among: string,
    unreachable: readonly number[],
    conversations: ConversationId[],
  ): Poster => ({
    name: `${prefix}, ${among}`,
    live: ports.live,
    dead: unreachable,
    activities: conversations.length,
    publicKey: begun.publicKey,
    post: async () => await postAll(pool, author!, conversations),
    settle: async () => await settle(server, { live: ports.live, dead: unreachable }),
    cpu: () => server.cpu(),
  });
  return [poster("all live", [], begun.alone), poster("some dead", dead, begun.amongDead)];
}

function inboxOf(port: number): string {
  return `http://localhost:${port}/inbox`;
}

async function savePerson(ctx: Context, port: number): Promise<PersonRow> {
  const uri = `http://localhost:${port}/users/someone`;
  const told = { uri, handle: "someone", name: "", kind: "person", profileUrl: null } as const;
  return await saveRemotePerson(ctx, { ...told, host: `localhost:${port}`, inbox: inboxOf(port) });
}

/** One conversation holds a hundred people, so it takes several to reach a thousand servers. */
async function beginMany(ctx: Context, author: PersonRow, people: readonly PersonRow[]) {
  const conversations: ConversationId[] = [];
  for (let from = 0; from < people.length; from += OTHERS) {
    const others = people.slice(from, from + OTHERS);
    const { conversation } = await transact(ctx, (tx) => findOrBegin(ctx, tx, { author, others }));
    conversations.push(conversation.id);
  }
  return conversations;
}

/** The dead ones evenly between the live ones. */
function mixed(live: readonly number[], dead: readonly number[]): number[] {
  const ranked = [live, dead].flatMap((ports) => ports.map((port, n) => ({ port, rank: n / ports.length })));
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ port }) => port);
}

async function postAll(pool: Pool, author: Person, conversations: readonly ConversationId[]): Promise<void> {
  const text = "lorem ipsum ".repeat(16);
  await Promise.all(conversations.map((id) => sender(pool, author, id).prepare(randomUUID(), text)()));
}

async function settle(
  { database: { sql } }: LucioleServer,
  { live, dead }: { live: readonly number[]; dead: readonly number[] },
): Promise<void> {
  const hosts = live.map((port) => `localhost:${port}`);
  const unwritten = async () => {
    const [row] = await sql`
      select count(*)::int as count from delivery where host = any (${hosts}) and state <> 'accepted'`;
    return Number(row?.["count"]);
  };
  await poll("live servers written down as such", async () => (await unwritten()) === 0, PATIENCE);
  const [lost] =
    await sql`select count(*)::int as count from delivery where state = 'accepted' and host <> all (${hosts})`;
  if (Number(lost?.["count"]) > 0) throw new Error("a dead server is said to have taken a message");
  if (dead.length === 0) return;
  await sql`update delivery set state = 'refused', reason = 'bench' where state = 'waiting'`;
  await poll(
    "rest",
    async () => {
      const [row] = await sql`select count(*)::int as count from lane where lease_until is not null`;
      return Number(row?.["count"]) === 0;
    },
    PATIENCE,
  );
  await sql`update lane set next_attempt_at = null, attempts = 0`;
  await sql`delete from peer`;
}
