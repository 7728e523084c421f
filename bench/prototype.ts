import postgres from "postgres";
import { WebSocketServer, type WebSocket } from "ws";
import { createPeople, type Incoming, readFrame } from "./relay.ts";

/**
 * The durable prototype: the least that can be done when a message must be committed before it is acknowledged or delivered. Its
 * conversation's row is locked and gives the number; one writer takes whatever waits as one statement, which is one commit. It
 * checks nobody's rights, keeps no keys, no versions and no index besides two, and tells no other process.
 */
const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: 1, onnotice: () => {} });
await sql`create table conversation (id uuid primary key, position bigint not null default 0)`;
await sql`
  create table message (
    id uuid primary key, conversation_id uuid not null references conversation, position bigint not null,
    text text not null, unique (conversation_id, position))`;

interface Waiting extends Incoming {
  readonly sender: WebSocket;
}

const people = createPeople();
const waiting: Waiting[] = [];
let writing = false;

async function store(batch: readonly Waiting[]): Promise<Map<string, number>> {
  const column = (name: "key" | "conversation" | "text") => batch.map((item) => item[name]);
  const rows = await sql<{ id: string; position: string }[]>`
    with sent as (
      select * from unnest(${column("key")}::uuid[], ${column("conversation")}::uuid[], ${column("text")}::text[])
        with ordinality as t (id, conversation_id, text, n)
    ), moved as (
      update conversation set position = position + counted.count
      from (select conversation_id, count(*) from sent group by 1) counted
      where id = counted.conversation_id returning id, position - counted.count as before
    )
    insert into message (id, conversation_id, position, text)
    select sent.id, conversation_id, before + row_number() over (partition by conversation_id order by n), text
    from sent join moved on moved.id = conversation_id
    returning id, position`;
  return new Map(rows.map(({ id, position }) => [id, Number(position)]));
}

/** Clocks itself: what arrives while one batch is written is the next batch. */
async function write(): Promise<void> {
  writing = true;
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 1000);
    const positions = await store(batch);
    for (const { sender, to, conversation, key, text } of batch) {
      people.send(to, { conversation, key, position: positions.get(key)!, text });
      sender.send(JSON.stringify({ ack: key }));
    }
  }
  writing = false;
}

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.env["PORT"]),
  perMessageDeflate: false,
});
server.on("connection", (socket, request) => {
  people.add(request, socket);
  socket.on("message", (data) => {
    waiting.push({ ...readFrame<Incoming>(data), sender: socket });
    if (!writing) void write();
  });
});
server.once("listening", () => process.stdout.write("ready\n"));
