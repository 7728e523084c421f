import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** What somebody asked of the peer. */
export interface RecordedRequest {
  readonly method: string;
  /** As it stood on the request line. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Writes an answer in whatever wrong way a test wants, down to the socket. */
export type Answer = (request: RecordedRequest, response: ServerResponse) => void | Promise<void>;

export interface HostilePeerOptions {
  /** PEM texts; plain HTTP without them. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A server on loopback that says whatever a test tells it to say, and remembers who asked. */
export class HostilePeer {
  readonly requests: RecordedRequest[] = [];
  /** Connections that were opened, whether or not a request followed. */
  connections = 0;
  #port = 0;
  readonly #answers = new Map<string, Answer>();
  readonly #server: ReturnType<typeof createPlainServer> | ReturnType<typeof createTlsServer>;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: "http" | "https";

  private constructor(options: HostilePeerOptions) {
    this.#scheme = options.tls === undefined ? "http" : "https";
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#serve(request, response);
    };
    this.#server =
      options.tls === undefined ? createPlainServer(listener) : createTlsServer(options.tls, listener);
    this.#server.on("connection", (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: HostilePeerOptions = {}): Promise<HostilePeer> {
    const peer = new HostilePeer(options);
    await new Promise<void>((resolve, reject) => {
      peer.#server.once("error", reject);
      peer.#server.listen(0, "127.0.0.1", resolve);
    });
    peer.#port = (peer.#server.address() as AddressInfo).port;
    return peer;
  }

  /** `localhost:PORT`, as it stands in ALLOW_PRIVATE_ADDRESSES. */
  get host(): string {
    return `localhost:${this.#port}`;
  }

  get origin(): string {
    return `${this.#scheme}://${this.host}`;
  }

  /** The absolute address of a path on this peer. */
  url(path: string): string {
    return `${this.origin}${path}`;
  }

  /** Answers a path (with its query, if it has one); other paths are 404. */
  answer(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Serves a JSON document, by default as ActivityStreams. */
  document(path: string, document: unknown, contentType = "application/activity+json"): void {
    this.answer(path, (_request, response) => {
      response.writeHead(200, { "content-type": contentType });
      response.end(JSON.stringify(document));
    });
  }

  redirect(path: string, location: string, status = 302): void {
    this.answer(path, (_request, response) => {
      response.writeHead(status, { location }).end();
    });
  }

  /** The requests for one path. */
  requestsFor(path: string): readonly RecordedRequest[] {
    return this.requests.filter((request) => request.url === path);
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request: RecordedRequest = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    this.requests.push(request);
    const answer = this.#answers.get(request.url);
    if (answer === undefined) response.writeHead(404).end();
    else await answer(request, response);
  }
}
