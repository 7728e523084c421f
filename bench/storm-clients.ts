import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "undici";
import { WebSocket } from "ws";
import type { ConversationChangePage, Sync } from "#protocol/api.ts";
import type { ChangeOf } from "#protocol/changes.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import { Incorrect } from "./check.ts";
import { now } from "./clock.ts";
import { type Person, protocols, socketUrl } from "./luciole-server.ts";
import { readFrame } from "./relay.ts";

/** Somebody who loses their connection and comes back. */
export interface StormClient {
  /** Opens the socket; with us it is open when `hello` is there. */
  connect(): Promise<void>;
  /** Gets what was missed; nothing where nothing is kept. */
  catchUp(): Promise<void>;
  /** Loses the socket without a word. */
  lose(): Promise<void>;
  /** What it has been told of, in this order: live and by catching up, nothing left out that came twice. */
  readonly seen: readonly number[];
}

/** A socket of somebody whom the server believes. */
export function createBareClient(url: string): StormClient {
  let socket: WebSocket | undefined;
  return {
    seen: [],
    connect: async () => {
      socket = open(url, []);
      await once(socket, "open");
    },
    catchUp: async () => {},
    lose: () => lose(socket),
  };
}

/** What a client knows: what came live while something is missing is set aside, and counts if it is new by then. */
function createMemory() {
  const seen: number[] = [];
  const revisions = new Map<string, number>();
  let held: Posted[] | null = [];
  const known = (id: string) => revisions.get(id) ?? 0;
  const take = ({ conversationId, revision, message }: Posted): void => {
    seen.push(message.position);
    revisions.set(conversationId, revision);
  };
  return {
    seen,
    known,
    takePage: (id: string, { changes, through }: ConversationChangePage): void => {
      for (const change of changes) if (change.type === "message.posted") take(change);
      revisions.set(id, through);
    },
    hear: (change: Posted): void => void (held === null ? take(change) : held.push(change)),
    hold: (): void => void (held = []),
    release: (): void => {
      for (const change of held ?? []) if (change.revision > known(change.conversationId)) take(change);
      held = null;
    },
  };
}

type Posted = ChangeOf<"message.posted">;

/** A session of ours. */
export function createClient(pool: Pool, at: string, person: Person): StormClient {
  const memory = createMemory();
  const headers = { authorization: `Bearer ${person.token}` };
  let socket: WebSocket | undefined;
  let cursor: string | null = null;
  const get = async <Body>(path: string): Promise<Body> => {
    const answer = await pool.request({ method: "GET", path: `/api/chat/v1${path}`, headers });
    if (answer.statusCode === 503) {
      await answer.body.dump();
      await delay(Number(answer.headers["retry-after"]) * 1_000);
      return await get(path);
    }
    if (answer.statusCode !== 200)
      throw new Incorrect("storm", [
        `${path} was answered ${answer.statusCode}: ${await answer.body.text()}`,
      ]);
    return (await answer.body.json()) as Body;
  };
  const fill = async (id: string): Promise<void> => {
    for (let more = true; more;) {
      const page = await get<ConversationChangePage>(
        `/conversations/${id}/changes?after=${memory.known(id)}`,
      );
      memory.takePage(id, page);
      more = page.more;
    }
  };
  return {
    seen: memory.seen,
    connect: async () => {
      memory.hold();
      const opened = open(socketUrl(at), protocols(person));
      socket = opened;
      await new Promise<void>((resolve, reject) => {
        opened.once("error", reject);
        opened.on("message", (data) => {
          const frame = readFrame<ServerFrame>(data);
          if (frame.type === "hello") resolve();
          if (frame.type === "message.posted") memory.hear(frame);
        });
      });
    },
    catchUp: async () => {
      const answer = await get<Sync>(cursor === null ? "/sync" : `/sync?after=${cursor}`);
      cursor = answer.cursor;
      for (const { conversation } of answer.conversations)
        if (conversation.revision > memory.known(conversation.id)) await fill(conversation.id);
      memory.release();
    },
    lose: () => lose(socket),
  };
}

function open(url: string, offered: readonly string[]): WebSocket {
  return new WebSocket(url, [...offered], { perMessageDeflate: false });
}

async function lose(socket: WebSocket | undefined): Promise<void> {
  if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // One that is still being opened says so as an error.
  socket.on("error", () => {});
  socket.terminate();
  await closed;
}

/** When somebody was back, and when they had everything: milliseconds from the beginning of the storm. */
export interface Return {
  readonly connected: number;
  readonly whole: number;
}

/** Has all come back at once, as many at a time as one machine may open. */
export async function comeBack(clients: readonly StormClient[], abreast: number): Promise<Return[]> {
  const began = now();
  const returns: Return[] = [];
  const next = clients[Symbol.iterator]();
  const returning = async (): Promise<void> => {
    for (const client of next) {
      await client.connect();
      const connected = now() - began;
      await client.catchUp();
      returns.push({ connected, whole: now() - began });
    }
  };
  await Promise.all(Array.from({ length: abreast }, returning));
  return returns;
}
