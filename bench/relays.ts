import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { type Arrival, type Contender, type Line, type Scale, SESSIONS } from "./contender.ts";
import { cpuOf, startDatabase, startIdle, startServer } from "./processes.ts";
import { type Ack, type Incoming, type Outgoing, readFrame } from "./relay.ts";

type Hear = (line: number, arrival: Arrival) => void;

/** Starts the floor: a relay over `ws` without any database. */
export async function startFloor(scale: Scale): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const server = await startServer(started, { file: "bench/floor.ts", env: {} });
  const relay = await openRelay(started, server.port, scale);
  const owned = started.move();
  return {
    name: "floor",
    sessions: scale.sessions ?? SESSIONS,
    ...relay,
    stored: async () => null,
    cpu: () => cpuOf(server, null),
    close: () => owned.disposeAsync(),
  };
}

/** Starts the durable prototype: the same relay, and one commit before it acknowledges and delivers. */
export async function startPrototype(scale: Scale): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const database = await startDatabase(started);
  const { sql, url } = database;
  const server = await startServer(started, { file: "bench/prototype.ts", env: { DATABASE_URL: url } });
  const relay = await openRelay(started, server.port, scale);
  await sql`insert into conversation (id) select unnest(${relay.conversations}::uuid[])`;
  const owned = started.move();
  return {
    name: "prototype",
    sessions: scale.sessions ?? SESSIONS,
    ...relay,
    stored: async (line, after) => {
      const rows = await sql`
        select id as key, position::int, text from message
        where conversation_id = ${relay.conversations[line]!} and position > ${after} order by position`;
      return rows.map((row) => ({ key: row["key"], position: row["position"], text: row["text"] }));
    },
    cpu: () => cpuOf(server, database),
    close: () => owned.disposeAsync(),
  };
}

/** A and the sessions of B on each line, and those who only listen; alike for both. */
async function openRelay(
  started: AsyncDisposableStack,
  port: number,
  { lines: count, idle, sessions = SESSIONS }: Scale,
) {
  const conversations = Array.from({ length: count }, () => randomUUID() as string);
  const addressOf = (name: string) => `ws://127.0.0.1:${port}/?person=${name}`;
  let hear: Hear = () => {};
  const lines = await Promise.all(
    conversations.map(async (conversation, line) => {
      for (let session = 0; session < sessions; session += 1) {
        const socket = await open(addressOf(`b${line}`));
        socket.on("message", (data) => {
          const { key, position } = readFrame<Outgoing>(data);
          hear(line, { session, key, position });
        });
      }
      return sender(await open(addressOf(`a${line}`)), { to: `b${line}`, conversation });
    }),
  );
  const idlers = Array.from({ length: idle }, (_, n) => ({ url: addressOf(`idle${n}`), protocols: [] }));
  await startIdle(started, idlers);
  return { conversations, lines, hear: (listener: Hear) => void (hear = listener) };
}

function sender(socket: WebSocket, to: Pick<Incoming, "to" | "conversation">): Line {
  const waiting = new Map<string, () => void>();
  socket.on("message", (data) => {
    const { ack } = readFrame<Ack>(data);
    waiting.get(ack)?.();
    waiting.delete(ack);
  });
  return {
    prepare: (key, text) => async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(key, resolve);
      socket.send(JSON.stringify({ ...to, key, text } satisfies Incoming));
      await promise;
    },
  };
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return socket;
}
