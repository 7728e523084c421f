import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { WebSocket } from "ws";
import { startConversation } from "#domain/conversations.ts";
import { type ConversationId, newId, type PersonId } from "#lib/ids.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import { BEARER_PREFIX, SOCKET_PROTOCOL } from "#protocol/socket.ts";
import { buildWeb } from "../scripts/build-web.ts";
import { createContext } from "../src/app.ts";
import { layFoundation } from "../src/boot.ts";
import { readConfig } from "../src/config.ts";
import { type Arrival, type Contender, type Line, type Scale, SESSIONS } from "./contender.ts";
import { cpuOf, type Database, startDatabase, startIdle, startServer } from "./processes.ts";
import { readFrame } from "./relay.ts";

/** Connections that a browser opens to one server (HTTP/1.1). */
const CONNECTIONS = 6;

type Hear = (line: number, arrival: Arrival) => void;

/**
 * Starts us: the whole server as an operator runs it, with people who write over REST and listen over the WebSocket.
 * `checkout` is the folder of another version of this repository with the same schema, to compare with.
 */
export async function startLuciole(scale: Scale, checkout?: string): Promise<Contender> {
  await buildWeb();
  await using started = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "luciole-bench-"));
  await chmod(dataDir, 0o711);
  started.defer(() => rm(dataDir, { recursive: true, force: true }));
  const database = await startDatabase(started);
  const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, LOG_LEVEL: "warning" };
  const server = await startServer(started, { file: join(checkout ?? "", "src/main.ts"), env });
  const at = `127.0.0.1:${server.port}`;
  const [authors, readers, idlers] = await Promise.all(
    [scale.lines, scale.lines, scale.idle].map((count) => makePeople(database, count)),
  );
  const pairs = (authors ?? []).map((a, line): Pair => [a, readers![line]!]);
  const conversations = await beginConversations(env, pairs);

  let hear: Hear = () => {};
  const pool = new Pool(`http://${at}`, { connections: CONNECTIONS });
  started.defer(() => pool.destroy());
  await Promise.all(
    pairs.map(async ([, b], line) => {
      for (let session = 0; session < SESSIONS; session += 1)
        await listen(at, b, ({ key, position }) => hear(line, { session, key, position }));
    }),
  );
  await startIdle(
    started,
    idlers!.map((person) => ({ url: socketUrl(at), protocols: protocols(person) })),
  );
  const owned = started.move();
  return {
    name: checkout === undefined ? "luciole" : "other",
    lines: pairs.map(([a], line) => sender(pool, a, conversations[line]!)),
    hear: (listener) => void (hear = listener),
    stored: async (line, after) => {
      const rows = await database.sql`
        select key, position::int, text from message
        where conversation_id = ${conversations[line]!} and position > ${after} order by position`;
      return rows.map((row) => ({ key: row["key"], position: row["position"], text: row["text"] }));
    },
    cpu: () => cpuOf(server, database),
    close: () => owned.disposeAsync(),
  };
}

interface Person {
  readonly id: PersonId;
  readonly token: string;
}

type Pair = readonly [a: Person, b: Person];

/** People with a lasting token each. In bulk: nobody signs in here, so nobody needs a password. */
async function makePeople({ sql }: Database, count: number): Promise<Person[]> {
  const people = Array.from({ length: count }, () => {
    return {
      id: newId<"person">(),
      session: newId<"session">(),
      token: `luc_${randomBytes(32).toString("base64url")}`,
    };
  });
  const ids = people.map(({ id }) => id);
  const sessions = people.map(({ session }) => session);
  const hashes = people.map(({ token }) => createHash("sha256").update(token).digest("hex"));
  await sql`
    insert into person (id, handle, created_at)
    select id, 'p' || id, now() from unnest(${ids}::uuid[]) as t (id)`;
  await sql`
    insert into session (id, person_id, client, name, created_at)
    select id, person_id, 'bench', 'bench', now() from unnest(${sessions}::uuid[], ${ids}::uuid[]) as t (id, person_id)`;
  await sql`
    insert into token (hash, session_id, kind)
    select decode(hash, 'hex'), session_id, 'access' from unnest(${hashes}::text[], ${sessions}::uuid[]) as t (hash, session_id)`;
  await sql`analyze`;
  return people;
}

/** One conversation for each pair, that both have accepted. */
async function beginConversations(env: Readonly<Record<string, string>>, pairs: readonly Pair[]) {
  const foundation = await layFoundation(readConfig(env), { as: "visitor" });
  const conversations: ConversationId[] = [];
  try {
    const ctx = createContext(foundation);
    for (const [a, b] of pairs) {
      const { id } = await startConversation(ctx, { personId: a.id, withId: b.id });
      await startConversation(ctx, { personId: b.id, withId: a.id });
      conversations.push(id);
    }
  } finally {
    await foundation.close();
  }
  return conversations;
}

function sender(pool: Pool, { token }: Person, conversation: ConversationId): Line {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const path = `/api/chat/v1/conversations/${conversation}/messages`;
  return {
    send: async (key, text) => {
      const answer = await pool.request({
        method: "POST",
        path,
        headers,
        body: JSON.stringify({ key, text }),
      });
      const body = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`a message was answered ${answer.statusCode}: ${body}`);
    },
  };
}

async function listen(at: string, person: Person, hear: (posted: { key: string; position: number }) => void) {
  const socket = new WebSocket(socketUrl(at), protocols(person), { perMessageDeflate: false });
  socket.on("message", (data) => {
    const frame = readFrame<ServerFrame>(data);
    if (frame.type === "message.posted")
      hear({ key: frame.message.key ?? "", position: frame.message.position });
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
}

function socketUrl(at: string): string {
  return `ws://${at}/api/chat/v1/socket`;
}

function protocols({ token }: Person): string[] {
  return [SOCKET_PROTOCOL, BEARER_PREFIX + token];
}
