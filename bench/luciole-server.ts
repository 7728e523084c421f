import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import type { Context } from "#domain/context.ts";
import { newId, type ConversationId, type PersonId } from "#lib/ids.ts";
import type { Permissions } from "#lib/permissions.ts";
import { BEARER_PREFIX, type ServerFrame, SOCKET_PROTOCOL } from "#protocol/socket.ts";
import { buildWeb } from "../scripts/build-web.ts";
import { createContext } from "../src/app.ts";
import { layFoundation } from "../src/boot.ts";
import { readConfig } from "../src/config.ts";
import { wideLimitsText, wideRequestLimitsText } from "../test/helpers/settings.ts";
import type { CpuTimes } from "./contender.ts";
import { cpuOf, type Database, startDatabase, startServer } from "./processes.ts";
import { readFrame } from "./relay.ts";

export interface LucioleOptions {
  /** The folder of another version of this repository with the same schema, to compare with. */
  readonly checkout?: string | undefined;
  /** `host:port` of peers on this machine. */
  readonly peers?: readonly string[];
}

/** Milliseconds by which an event loop was late. */
export interface Lag {
  readonly p99: number;
  readonly most: number;
}

/** The whole server as an operator runs it, with a PostgreSQL of its own. */
export interface LucioleServer {
  /** `127.0.0.1:PORT`. */
  readonly at: string;
  readonly origin: string;
  readonly database: Database;
  cpu(): Promise<CpuTimes | null>;
  /** How late its event loop was since it was asked last. */
  lag(): Promise<Lag>;
  /** Prepares something beside it, as an admin's command does. */
  within<Result>(work: (ctx: Context) => Promise<Result>): Promise<Result>;
}

/** Starts us in processes of our own. */
export async function startLucioleServer(
  started: AsyncDisposableStack,
  { checkout, peers = [] }: LucioleOptions = {},
): Promise<LucioleServer> {
  await buildWeb();
  const dataDir = await mkdtemp(join(tmpdir(), "luciole-bench-"));
  await chmod(dataDir, 0o711);
  started.defer(() => rm(dataDir, { recursive: true, force: true }));
  const database = await startDatabase(started);
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: "warning",
    REQUEST_LIMITS: wideRequestLimitsText,
    LIMITS: wideLimitsText,
    FEDERATION: "open",
    ALLOW_PRIVATE_ADDRESSES: peers.join(","),
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "event-loop.ts")).href}`,
  };
  const server = await startServer(started, { file: join(checkout ?? "", "src/main.ts"), env });
  started.defer(() => {
    const warned = server.child
      .output()
      .split(/^(?=[\d:.]{12} )/m)
      .slice(1);
    if (warned.length > 0) process.stderr.write(`the server warned ${warned.length} times:\n${warned[0]}\n`);
  });
  let asked = 0;
  return {
    at: `127.0.0.1:${server.port}`,
    origin: `http://localhost:${server.port}`,
    database,
    cpu: () => cpuOf(server, database),
    lag: async () => {
      asked += 1;
      server.child.signal("SIGUSR2");
      const [, lag = ""] = await server.child.waitFor(new RegExp(`^event loop ${asked} (\\{.*\\})`, "m"));
      return JSON.parse(lag) as Lag;
    },
    within: async (work) => {
      const config = readConfig({ ...env, PORT: String(server.port) });
      const foundation = await layFoundation(config, { as: "visitor" });
      try {
        return await work(createContext(foundation));
      } finally {
        await foundation.close();
      }
    },
  };
}

/** Somebody of this server with a lasting token. */
export interface Person {
  readonly id: PersonId;
  readonly token: string;
}

/** People with a lasting token each. In bulk: nobody signs in here, so nobody needs a password. */
export async function makePeople({ sql }: Database, count: number): Promise<Person[]> {
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

const permissions: Permissions = {
  write: "member",
  invite: "admin",
  pin: "admin",
  edit: "admin",
  delete: "admin",
};

/** A group whose first member owns it. In bulk, as nobody waits for a thousand invitations here. */
export async function makeGroup({ sql }: Database, people: readonly Person[]): Promise<ConversationId> {
  const id = newId<"conversation">();
  const ids = people.map((person) => person.id);
  await sql`
    insert into conversation (id, kind, title, permissions, chat_epoch, activity_at, created_by, created_at)
    values (${id}, 'group', 'bench', ${sql.json(permissions)}, 1, now(), ${ids[0]!}, now())`;
  await sql`
    insert into member (conversation_id, person_id, role, state, rank, joined_at)
    select ${id}, person_id, case when n = 1 then 'owner' else 'member' end, 'accepted', n, now()
    from unnest(${ids}::uuid[]) with ordinality as t (person_id, n)`;
  await sql`analyze`;
  return id;
}

/** How many rows each table has. Counted: PostgreSQL's own counters are up to ten seconds late. */
export async function countRows({ sql }: Database): Promise<ReadonlyMap<string, number>> {
  const tables = await sql<
    { tablename: string }[]
  >`select tablename from pg_tables where schemaname = 'public'`;
  const counts = tables.map(
    ({ tablename }) => `select '${tablename}' as name, count(*)::int from "${tablename}"`,
  );
  const rows = await sql.unsafe<{ name: string; count: number }[]>(counts.join(" union all "));
  return new Map(rows.map(({ name, count }) => [name, count]));
}

type Posted = Extract<ServerFrame, { type: "message.posted" }>["message"];

/** Opens a live session of somebody, which hears of messages. */
export async function listen(at: string, person: Person, hear: (message: Posted) => void): Promise<void> {
  const socket = new WebSocket(socketUrl(at), protocols(person), { perMessageDeflate: false });
  socket.on("message", (data) => {
    const frame = readFrame<ServerFrame>(data);
    if (frame.type === "message.posted") hear(frame.message);
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
}

export function socketUrl(at: string): string {
  return `ws://${at}/api/chat/v1/socket`;
}

/** What a session offers: our subprotocol, and the token. */
export function protocols({ token }: Person): string[] {
  return [SOCKET_PROTOCOL, BEARER_PREFIX + token];
}
