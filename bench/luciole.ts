import { Pool } from "undici";
import type { Context } from "#domain/context.ts";
import { startConversation } from "#domain/conversations.ts";
import type { ConversationId } from "#lib/ids.ts";
import { type Arrival, type Contender, type Line, type Scale, SESSIONS } from "./contender.ts";
import {
  listen,
  makePeople,
  type Person,
  protocols,
  socketUrl,
  startLucioleServer,
} from "./luciole-server.ts";
import { startIdle } from "./processes.ts";

/** Connections that a browser opens to one server (HTTP/1.1). */
const CONNECTIONS = 6;

type Hear = (line: number, arrival: Arrival) => void;

/** Starts us, with people who write over REST and listen over the WebSocket. */
export async function startLuciole(scale: Scale, checkout?: string): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started, { checkout });
  const { at, database } = server;
  const [authors, readers, idlers] = await Promise.all(
    [scale.lines, scale.lines, scale.idle].map((count) => makePeople(database, count)),
  );
  const pairs = (authors ?? []).map((a, line): Pair => [a, readers![line]!]);
  const conversations = await server.within((ctx) => beginConversations(ctx, pairs));

  let hear: Hear = () => {};
  const pool = openPool(started, at);
  await Promise.all(
    pairs.map(async ([, b], line) => {
      for (let session = 0; session < SESSIONS; session += 1)
        await listen(at, b, ({ key, position }) => hear(line, { session, key: key ?? "", position }));
    }),
  );
  await startIdle(
    started,
    idlers!.map((person) => ({ url: socketUrl(at), protocols: protocols(person) })),
  );
  const owned = started.move();
  return {
    name: checkout === undefined ? "luciole" : "other",
    sessions: SESSIONS,
    lines: pairs.map(([a], line) => sender(pool, a, conversations[line]!)),
    hear: (listener) => void (hear = listener),
    stored: async (line, after) => {
      const rows = await database.sql`
        select key, position::int, text from message
        where conversation_id = ${conversations[line]!} and position > ${after} order by position`;
      return rows.map((row) => ({ key: row["key"], position: row["position"], text: row["text"] }));
    },
    cpu: () => server.cpu(),
    close: () => owned.disposeAsync(),
  };
}

/** As many connections as a browser opens. */
export function openPool(started: AsyncDisposableStack, at: string): Pool {
  const pool = new Pool(`http://${at}`, { connections: CONNECTIONS });
  started.defer(() => pool.destroy());
  return pool;
}

type Pair = readonly [a: Person, b: Person];

/** One conversation for each pair, that both have accepted. */
export async function beginConversations(ctx: Context, pairs: readonly Pair[]): Promise<ConversationId[]> {
  const conversations: ConversationId[] = [];
  for (const [a, b] of pairs) {
    const { id } = await startConversation(ctx, { personId: a.id, withId: b.id });
    await startConversation(ctx, { personId: b.id, withId: a.id });
    conversations.push(id);
  }
  return conversations;
}

/** The way of somebody who writes into a conversation over REST. */
export function sender(pool: Pool, { token }: Person, conversation: ConversationId): Line {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const path = `/api/chat/v1/conversations/${conversation}/messages`;
  return {
    prepare: (key, text) => async () => {
      const body = JSON.stringify({ key, text });
      const answer = await pool.request({ method: "POST", path, headers, body });
      const said = await answer.body.text();
      if (answer.statusCode !== 201) throw new Error(`a message was answered ${answer.statusCode}: ${said}`);
    },
  };
}
