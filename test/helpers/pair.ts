import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { openEmbeddedPostgres } from "#db/embedded/embedded.ts";
import type { Certificates } from "../../scripts/certificates.ts";
import { pairEnvironment } from "../../scripts/pair.ts";
import { testCertificates } from "./certificates.ts";
import type { Place } from "./client.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { makeFolder } from "./folder.ts";
import type { Reordering } from "./reordering.ts";
import { findServerPort, startServer, type TestServer } from "./server.ts";

export interface PairOptions {
  /** `embedded`: each brings up a PostgreSQL of its own; else each has a database in the PostgreSQL of this run. */
  readonly database?: "embedded";
  /** Puts a proxy in front of each that repeats every delivery, and loses some answers if it is told which. */
  readonly repeating?: {
    readonly losesAnswer?: (delivery: number) => boolean;
    /** Lets some deliveries to a server be overtaken by later ones. */
    readonly reordering?: (server: number) => Reordering;
  };
}

/** One of two servers that talk TLS to each other. */
export interface Member {
  readonly server: TestServer;
  readonly place: Place;
  /** Only with `repeating`. */
  readonly proxy: FaultProxy | undefined;
}

export interface Pair {
  readonly a: Member;
  readonly b: Member;
  /** Ends every process of both, whatever state they are in. */
  close(): Promise<void>;
}

interface Site {
  readonly port: number;
  /** Of all servers. */
  readonly ports: readonly number[];
  readonly certificates: Certificates;
  readonly closing: (() => Promise<unknown>)[];
}

/** Starts two real servers with people's addresses `@name@localhost:PORT`. */
export async function openPair(options: PairOptions = {}): Promise<Pair> {
  const { members, close } = await openServers(2, options);
  return { a: members[0]!, b: members[1]!, close };
}

/** The same with as many servers as one likes. */
export async function openServers(
  count: number,
  options: PairOptions = {},
): Promise<{ members: Member[]; close: Pair["close"] }> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    const ended = await Promise.allSettled(closing.splice(0).map((end) => end()));
    for (const result of ended) if (result.status === "rejected") throw result.reason;
  };
  const certificates = await testCertificates();
  const ports: number[] = [];
  while (ports.length < count) ports.push(await findServerPort());
  const opened = await Promise.allSettled(
    ports.map((port) => openMember(options, { certificates, closing, port, ports })),
  );
  const failed = opened.find((each) => each.status === "rejected");
  if (failed === undefined)
    return { members: opened.flatMap((each) => (each.status === "fulfilled" ? each.value : [])), close };
  await close();
  throw failed.reason;
}

async function openMember({ database, repeating }: PairOptions, site: Site): Promise<Member> {
  const { port, ports, certificates, closing } = site;
  const inner = repeating ? await findServerPort() : port;
  const { reordering, ...faults } = repeating ?? {};
  const order = reordering && { reordering: reordering(ports.indexOf(port)) };
  const proxy =
    repeating && (await startFaultProxy({ ...faults, ...order, port, target: inner, certificates }));
  if (proxy) closing.push(() => proxy.close());
  const dataDir = await makeFolder();
  const addresses = ports.map((each) => `localhost:${each}`).join();
  const common = pairEnvironment({ port, peerPort: port, certificates });
  const env = { ...common, ALLOW_PRIVATE_ADDRESSES: addresses, PORT: String(inner) };
  const starting = startServer({ port: inner, dataDir, env, ...(database && { database }) });
  closing.push(async () => {
    const started = await starting.catch(() => undefined);
    if (started) await started.stop();
    else if (database) await (await openEmbeddedPostgres({ dataDir, as: "visitor" })).close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const server = await starting;
  const authority = await readFile(certificates.authority, "utf8");
  return { server, proxy, place: { origin: server.origin, authority } };
}

/** Ends the own PostgreSQL of a server at once, as a crash would. */
export async function killPostgres({ dataDir }: TestServer): Promise<void> {
  const [pid] = (await readFile(join(dataDir, "postgres/data/postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(pid), "SIGKILL");
}

/** What a server still has to deliver, as its database says. */
export interface Queues {
  /** Deliveries of messages by state; a read mark that a newer one replaces is given up. */
  readonly deliveries: Readonly<Record<string, number>>;
  /** Lanes that somebody holds. */
  readonly leased: number;
  /** Lanes that are due now or later. */
  readonly due: number;
}

/** Looks into the queues of a server. */
export function readQueues(server: TestServer): Promise<Queues> {
  return visitDatabase(server, async (url) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      const states = await sql<{ state: string; count: number }[]>`
        select state, count(*)::int from delivery where message_id is not null group by state`;
      const [lanes] = await sql<{ leased: number; due: number }[]>`
        select count(lease_token)::int as leased, count(next_attempt_at)::int as due from lane`;
      const deliveries = Object.fromEntries(states.map(({ state, count }) => [state, count]));
      return { deliveries, leased: lanes?.leased ?? 0, due: lanes?.due ?? 0 };
    } finally {
      await sql.end();
    }
  });
}

/** Does something with a running server's database, beside it. */
export async function visitDatabase<Result>(
  { databaseUrl, dataDir }: TestServer,
  visit: (url: string) => Promise<Result>,
): Promise<Result> {
  if (databaseUrl !== undefined) return await visit(databaseUrl);
  const embedded = await openEmbeddedPostgres({ dataDir, as: "visitor" });
  try {
    return await visit(embedded.url);
  } finally {
    await embedded.close();
  }
}
