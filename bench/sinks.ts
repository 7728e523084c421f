import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { isSigned, readBody } from "./cavage.ts";
import { now } from "./clock.ts";

/** Many servers in one process, each on a port of its own: live ones take what comes, dead ones refuse or say nothing. */
export interface SinkPorts {
  readonly live: readonly number[];
  /** Nobody listens there. */
  readonly refusing: readonly number[];
  /** Connections are taken, and no request is ever answered. */
  readonly silent: readonly number[];
}

/** One delivery that a live one took. */
export interface Taken {
  readonly port: number;
  readonly activity: string;
  /** Of `now`. */
  readonly at: number;
  readonly isSigned: boolean;
}

let pem = "";
let taken: Taken[] = [];

async function listen(server: Server | HttpServer, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function listenAll(count: number, make: () => Server | HttpServer): Promise<number[]> {
  const ports: number[] = [];
  for (let n = 0; n < count; n += 1) ports.push(await listen(make()));
  return ports;
}

/** `PUT /` with a key (PEM) begins anew; `GET /` lists what was taken since. */
const control = createServer((request, response) => {
  void (async () => {
    if (request.method !== "PUT") return response.end(JSON.stringify(taken));
    pem = (await readBody(request)).toString();
    taken = [];
    return response.end();
  })();
});

function createLive(): HttpServer {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      if (request.method !== "POST") return response.writeHead(404).end();
      const at = now();
      const { port } = server.address() as AddressInfo;
      const { id } = JSON.parse(body.toString()) as { id: string };
      taken.push({ port, activity: id, at, isSigned: isSigned(request, body, pem) });
      return response.writeHead(202).end();
    })();
  });
  return server;
}

if (import.meta.main) {
  const count = (name: string) => Number(process.env[name]);
  await listen(control, count("PORT")); // before any of the others can be given that port
  const live = await listenAll(count("LIVE"), createLive);
  const silent = await listenAll(count("SILENT"), () =>
    createTcpServer((socket) => socket.on("error", () => {})),
  );
  const closed: Server[] = [];
  const refusing = await listenAll(count("REFUSING"), () => {
    const server = createTcpServer();
    closed.push(server);
    return server;
  });
  for (const server of closed) server.close();
  process.stdout.write(`${JSON.stringify({ live, refusing, silent } satisfies SinkPorts)} ready\n`);
}
