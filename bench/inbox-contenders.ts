import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import { startConversation } from "#domain/conversations.ts";
import { saveRemotePerson } from "#domain/people.ts";
import type { HostileActor } from "../test/helpers/hostile-actor.ts";
import { pemOf } from "../test/helpers/keys.ts";
import { type Arrival, type Contender, SESSIONS } from "./contender.ts";
import { deliver, deliveryLine, keyOf, type Peers, type Recipient, signedDelivery } from "./deliveries.ts";
import { listen, type LucioleServer, makePeople, type Person, startLucioleServer } from "./luciole-server.ts";
import { cpuOf, startServer } from "./processes.ts";

/** Connections that all other servers together keep open. */
const CONNECTIONS = 16;

/** Starts a server that verifies and stores nothing. */
async function startBare(
  name: string,
  peers: Peers,
  program: { file: string; env: Readonly<Record<string, string>> },
): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const server = await startServer(started, program);
  const pool = openPool(started, `127.0.0.1:${server.port}`);
  const to: Recipient = { origin: `http://localhost:${server.port}`, id: randomUUID() };
  await checkForgery(name, pool, { author: peers.authors[0]!, to });
  const owned = started.move();
  return {
    name,
    sessions: 0,
    lines: peers.authors.map((author) => deliveryLine(pool, author, to)),
    hear: () => {},
    stored: async (line, after) => {
      const actor = encodeURIComponent(peers.authors[line]!.id);
      const answer = await pool.request({ method: "GET", path: `/received?actor=${actor}&after=${after}` });
      const activities = (await answer.body.json()) as string[];
      return activities.map((uri, n) => ({ key: keyOf(uri), position: after + n + 1, text: null }));
    },
    cpu: () => cpuOf(server, null),
    close: () => owned.disposeAsync(),
  };
}

/** Starts the floor: request, digest, signature, JSON. */
export function startInboxFloor(peers: Peers): Promise<Contender> {
  return startBare("floor", peers, { file: "bench/inbox-floor.ts", env: { PUBLIC_KEY: pemOf(peers.keys) } });
}

/** Starts Fedify's inbox, bare. */
export function startFedify(peers: Peers): Promise<Contender> {
  return startBare("fedify", peers, { file: "bench/inbox-fedify.ts", env: {} });
}

/** Starts us, with one reader at three live sessions for each author. */
export async function startLucioleInbox(peers: Peers, checkout?: string): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started, { checkout, peers: peers.hosts });
  const readers = await makePeople(server.database, peers.authors.length);
  await acquaint(server, peers.authors, readers);
  let hear: (line: number, arrival: Arrival) => void = () => {};
  await listenAll(server.at, readers, (line, arrival) => hear(line, arrival));
  const pool = openPool(started, server.at);
  const recipients = readers.map(({ id }) => ({ origin: server.origin, id }));
  await checkForgery("luciole", pool, { author: peers.authors[0]!, to: recipients[0]! });
  const owned = started.move();
  return {
    name: checkout === undefined ? "luciole" : "other",
    sessions: SESSIONS,
    lines: peers.authors.map((author, line) => deliveryLine(pool, author, recipients[line]!)),
    hear: (listener) => void (hear = listener),
    stored: (line, after) => storedOf(server, peers.authors[line]!, after),
    cpu: () => server.cpu(),
    close: () => owned.disposeAsync(),
  };
}

/** Makes authors elsewhere known, each with a conversation that its reader has begun. */
export async function acquaint(
  server: LucioleServer,
  authors: readonly HostileActor[],
  readers: readonly Person[],
): Promise<void> {
  await server.within(async (ctx) => {
    for (const [line, { id: uri }] of authors.entries()) {
      const { host, pathname } = new URL(uri);
      const handle = pathname.replace(/^.*\//, "");
      const told = { uri, handle, host, kind: "person", name: handle, profileUrl: null } as const;
      const author = await saveRemotePerson(ctx, { ...told, inbox: `${uri}/inbox` });
      await startConversation(ctx, { personId: readers[line]!.id, withId: author.id });
    }
  });
}

/** Opens every reader's live sessions. */
export async function listenAll(
  at: string,
  readers: readonly Person[],
  hear: (line: number, arrival: Arrival) => void,
): Promise<void> {
  await Promise.all(
    readers.map(async (reader, line) => {
      for (let session = 0; session < SESSIONS; session += 1)
        await listen(at, reader, ({ body, position }) => {
          const text = body !== null && "text" in body ? body.text : "";
          hear(line, { session, key: text.split(" ", 1)[0] ?? "", position });
        });
    }),
  );
}

/** What the database has of an author's messages. */
export async function storedOf({ database }: LucioleServer, author: HostileActor, after: number) {
  const rows = await database.sql`
    select m.uri, m.position::int, m.text from message m join person p on p.id = m.author_id
    where p.uri = ${author.id} and m.position > ${after} order by m.position`;
  return rows.map((row) => ({ key: keyOf(row["uri"]), position: row["position"], text: row["text"] }));
}

/** Opens the connections of all other servers. */
export function openPool(started: AsyncDisposableStack, at: string): Pool {
  const pool = new Pool(`http://${at}`, { connections: CONNECTIONS });
  started.defer(() => pool.destroy());
  return pool;
}

/** Whoever takes what somebody else has signed is not measured. */
async function checkForgery(
  name: string,
  pool: Pool,
  { author, to }: { author: HostileActor; to: Recipient },
): Promise<void> {
  const delivery = signedDelivery(author, to, { key: randomUUID(), text: "forged" });
  const body = String(delivery.body).replace("forged", "forgot");
  const status = await deliver(pool, { ...delivery, body });
  if (status !== 401) throw new Error(`${name} answered ${status} to a forgery`);
}
