import { Pool } from "undici";
import type { Context } from "#domain/context.ts";
import { startConversation } from "#domain/conversations.ts";
import type { ConversationId } from "#lib/ids.ts";
import { type Arrival, type Contender, type Line, type Scale, SESSIONS } from "./contender.ts";
import {
  countRows,
  listen,
  makeGroup,
  makePeople,
  type Person,
  protocols,
  socketUrl,
  startLucioleServer,
} from "./luciole-server.ts";
import { startIdle } from "./processes.ts";

/** Connections that a browser opens to one server (HTTP/1.1). */
const CONNECTIONS = 6;
/** Sockets that are being opened at a time. */
const ABREAST = 64;

type Hear = (line: number, arrival: Arrival) => void;

/** Starts us, with people who write over REST and listen over the WebSocket. */
export async function startLuciole(scale: Scale, checkout?: string): Promise<Contender> {
  await using started = new AsyncDisposableStack();
  const server = await startLucioleServer(started, { checkout });
  const { at, database } = server;
  const { lines, idle, sessions = SESSIONS, each = false } = scale;
  const [authors = [], readers = [], idlers] = await Promise.all(
    [lines, each ? lines * sessions : lines, idle].map((count) => makePeople(database, count)),
  );
  const others = authors.map((_, line) =>
    each ? readers.slice(line * sessions, (line + 1) * sessions) : [readers[line]!],
  );
  const conversations = each
    ? await Promise.all(authors.map((a, line) => makeGroup(database, [a, ...others[line]!])))
    : await server.within((ctx) =>
        beginConversations(
          ctx,
          authors.map((a, line): Pair => [a, others[line]![0]!]),
        ),
      );

  let hear: Hear = () => {};
  const pool = openPool(started, at, scale.connections);
  const listeners = others
    .flatMap((people, line) =>
      Array.from({ length: sessions }, (_, session) => async () => {
        const person = people[session % people.length]!;
        await listen(at, person, ({ key, position }) => hear(line, { session, key: key ?? "", position }));
      }),
    )
    [Symbol.iterator]();
  const opener = async () => {
    for (const open of listeners) await open();
  };
  await Promise.all(Array.from({ length: ABREAST }, opener));
  await startIdle(
    started,
    idlers!.map((person) => ({ url: socketUrl(at), protocols: protocols(person) })),
  );
  const owned = started.move();
  return {
    name: checkout === undefined ? "luciole" : "other",
    sessions,
    lines: authors.map((a, line) => sender(pool, a, conversations[line]!)),
    hear: (listener) => void (hear = listener),
    countRows: () => countRows(database),
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

/** As many connections as a browser opens, or more. */
export function openPool(started: AsyncDisposableStack, at: string, connections = CONNECTIONS): Pool {
  const pool = new Pool(`http://${at}`, { connections });
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
