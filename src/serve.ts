import {
  createAdaptorServer,
  type Http2Bindings,
  type HttpBindings,
  type ServerType,
  type WebSocketServerLike,
} from "@hono/node-server";
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer, type ServerOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { StartupError, systemReason } from "#lib/startup-error.ts";
import type { App } from "./app.ts";
import type { Config } from "./config.ts";

/** The doors of this process. */
export interface Doors {
  /** Takes nobody new in and waits for the requests under way; after `patience` ms cuts what is left. */
  close(patience: number): Promise<void>;
}

/** Against slow clients: headers within 10 s, a whole request within 30 s, checked every second; idle connections end after 5 s. */
const limits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
  // Whoever asks for anything else is answered as if they had not asked: nobody would take that connection, and nothing end it.
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
};

/** How long whoever was told goodbye may take to hang up. */
const GOODBYE_MS = 5_000;

/** Listens on HOST and PORT, with TLS where TLS_CERT is set. Throws `StartupError` naming the setting that does not work. */
export async function openDoors(app: App, config: Config): Promise<Doors> {
  const tls = config.tls && (await readTls(config.tls));
  const common = {
    // Neither of the two servers below speaks HTTP/2.
    fetch: (request: Request, env: HttpBindings | Http2Bindings) => app.fetch(request, env as HttpBindings),
    hostname: config.host,
    websocket: { server: app.sockets as WebSocketServerLike },
  };
  const server = tls
    ? createAdaptorServer({
        ...common,
        createServer: createHttpsServer,
        serverOptions: { ...limits, ...tls },
      })
    : createAdaptorServer({ ...common, createServer: createHttpServer, serverOptions: limits });
  // An upgrade that is refused is out of the hands of HTTP: whoever does not hang up would stay for ever.
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
    socket.once("finish", () => setTimeout(() => socket.destroy(), GOODBYE_MS).unref());
  });
  await listen(server, config);
  return { close: (patience) => closeServer(server, app, patience) };
}

async function readTls(files: { cert: string; key: string }): Promise<{ cert: string; key: string }> {
  const read = (name: string, file: string) =>
    readFile(file, "utf8").catch((error: unknown) => {
      throw new StartupError(`${name}: cannot read ${file} (${systemReason(error)})`, { cause: error });
    });
  const pair = { cert: await read("TLS_CERT", files.cert), key: await read("TLS_KEY", files.key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new StartupError(
      `TLS_CERT and TLS_KEY are not a certificate and its key (${systemReason(error)})`,
      {
        cause: error,
      },
    );
  }
  return pair;
}

async function listen(server: ServerType, { host, port }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  }).catch((error: unknown) => {
    const why: Record<string, string> = {
      EADDRINUSE: "another program listens there",
      EACCES: "this user may not",
      EADDRNOTAVAIL: "HOST is no address of this machine",
      ENOTFOUND: "HOST is no address of this machine",
    };
    const reason = systemReason(error);
    throw new StartupError(`cannot listen on HOST ${host} and PORT ${port}: ${why[reason] ?? reason}`, {
      cause: error,
    });
  });
}

async function closeServer(server: ServerType, app: App, patience: number): Promise<void> {
  const cut = setTimeout(() => {
    for (const socket of app.sockets.clients) socket.terminate();
    if ("closeAllConnections" in server) server.closeAllConnections();
  }, patience);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(cut);
}
