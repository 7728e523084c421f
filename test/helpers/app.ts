import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAdaptorServer, type HttpBindings, type WebSocketServerLike } from "@hono/node-server";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { connect, type Connection } from "#db/connect.ts";
import { findFreePort } from "#db/embedded/postmaster.ts";
import { createToken } from "#domain/tokens.ts";
import { insertLocalPerson } from "#db/people.ts";
import { newId } from "#lib/ids.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import type { Context } from "#domain/context.ts";
import type { Limits } from "#domain/limits.ts";
import { createApp, type App } from "../../src/app.ts";
import { createTestDatabase } from "./database.ts";
import { makeFolder } from "./folder.ts";
import { poll } from "./poll.ts";
import { usualSettings } from "./settings.ts";

/** The whole server within the test's own process, on a free port of loopback. */
export interface TestApp {
  readonly app: App;
  readonly ctx: Context;
  readonly connection: Connection;
  readonly databaseUrl: string;
  readonly origin: string;
  /** One request; `token` goes into Authorization, `json` into the body. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** Makes a person (without password or keys) with a token that lasts. */
  person(handle: string): Promise<{ id: string; token: string }>;
  /** Opens a live socket and gathers its frames. */
  socket(token: string): Promise<TestSocket>;
}

export interface RequestOptions {
  method?: string;
  token?: string;
  json?: unknown;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

export interface TestSocket {
  readonly raw: WebSocket;
  readonly frames: ServerFrame[];
  /** Waits for a frame that fits, from the first one on. */
  next(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame>;
  /** Waits for the end and tells its code. */
  closed(): Promise<number>;
}

const version = "0.0.0";

export interface AppOptions {
  /** Another node of the same server: it shares the database and the public origin. */
  beside?: TestApp;
  role?: "all" | "web" | "worker";
  /** `host:port` of peers that it may reach. */
  peers?: readonly string[];
  /** The server that takes its mail; by default it sends none. */
  mail?: { url: string };
  /** Where it listens; any free port by default. */
  port?: number;
  /** How often things may be done, where that matters. */
  limits?: Partial<Limits>;
  /** Whose `X-Forwarded-For` is believed; this machine's by default. */
  trustedProxies?: readonly string[];
  /** Where the web client was built; by default there is none. */
  webFolder?: string;
}

/** Starts the server in this process; it ends with the test. `peers` (`host:port`) may be asked although they are local. */
export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  const { beside, role = "all", peers = [] } = options;
  const own = beside === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = beside?.databaseUrl ?? own?.url ?? "";
  const connection = connect(databaseUrl);
  const empty = await makeFolder();
  await writeFile(join(empty, "index.html"), "<!doctype html><title>Luciole</title>");
  const port = options.port ?? (await findFreePort());
  const origin = beside?.origin ?? `http://localhost:${port}`;
  const here = `http://localhost:${port}`;
  const config = {
    origin,
    ...usualSettings,
    limits: { ...usualSettings.limits, ...options.limits },
    role,
    ...(options.mail && { mail: { ...options.mail, from: "chat@a.example", requireTls: false } }),
    allowPrivateAddresses: peers,
    trustedProxies: options.trustedProxies ?? ["127.0.0.1", "::1"],
  } as const;
  const app = await createApp({
    config,
    connection,
    secretKey: new Uint8Array(32).fill(7),
    version,
    webFolder: options.webFolder ?? empty,
  });
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env as HttpBindings),
    websocket: { server: app.sockets as WebSocketServerLike },
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  await app.start();
  onTestFinished(async () => {
    await app.stop();
    for (const client of app.sockets.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
    await connection.close();
    await own?.drop();
    await rm(empty, { recursive: true });
  });
  return {
    app,
    ctx: app.ctx,
    connection,
    databaseUrl,
    origin,
    request: (path, request) => ask(here + path, request),
    person: async (handle) => {
      const { ctx } = app;
      const person = await insertLocalPerson(ctx.db, { id: newId<"person">(), handle, createdAt: ctx.now() });
      if (person === null) throw new Error(`${handle} is taken`);
      return { id: person.id, token: (await createToken(ctx, { handle, name: "test" })).token };
    },
    socket: (token) => openSocket(here, token),
  };
}

async function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  const { token, json, headers = {} } = options;
  const response = await fetch(url, {
    method: options.method ?? (json === undefined ? "GET" : "POST"),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    redirect: "manual",
    ...(json !== undefined && { body: JSON.stringify(json) }),
    ...(options.body !== undefined && { body: options.body }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: (isJson ? JSON.parse(text) : {}) as unknown,
  };
}

async function openSocket(origin: string, token: string): Promise<TestSocket> {
  const url = `${origin.replace("http", "ws")}/api/chat/v1/socket`;
  const raw = new WebSocket(url, ["chat.v1", `bearer.${token}`]);
  const frames: ServerFrame[] = [];
  const { promise: closed, resolve: close } = Promise.withResolvers<number>();
  raw.on("message", (data) => frames.push(JSON.parse((data as Buffer).toString()) as ServerFrame));
  raw.on("close", close);
  await new Promise((resolve, reject) => raw.once("open", resolve).once("error", reject));
  return {
    raw,
    frames,
    closed: () => closed,
    next: (fits) => poll("a frame", () => frames.find(fits)),
  };
}
