import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as openRequest, type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { pipeline, type Duplex } from "node:stream";
import { connect } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";
import type { Certificates } from "../../scripts/certificates.ts";
import { Order, type Reordering } from "./reordering.ts";

export interface FaultProxyOptions {
  /** Where the world finds the server. */
  readonly port: number;
  /** Where the server really listens, with TLS. */
  readonly target: number;
  readonly certificates: Certificates;
  /** Which deliveries get no answer though the server took them; counted from 0. */
  readonly losesAnswer?: (delivery: number) => boolean;
  readonly reordering?: Reordering;
}

/** Stands between a server and the world, ends its TLS, and brings every delivery to its inbox twice. */
export interface FaultProxy {
  /** Deliveries that came from other servers. */
  readonly deliveries: number;
  /** Statuses of the repetitions so far. */
  readonly repeated: readonly number[];
  readonly lostAnswers: number;
  /** Deliveries that later ones have overtaken. */
  readonly overtaken: number;
  /** Lets nothing from other servers through until `mend`; the server's own people reach it all the time. */
  cut(): void;
  mend(): void;
  /** Waits until everything that came so far was repeated. */
  settled(): Promise<void>;
  /** Brings everything that ever came once more, in an order of its own; answers the statuses. */
  repeatAll(): Promise<number[]>;
  close(): Promise<void>;
}

/** A delivery, byte for byte. */
interface Delivery {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** What only a server's own people ask for. */
const ownPeople = /^\/(?:api|auth|health)\b/;
const inbox = /^\/(?:users\/[^/]+\/)?inbox$/;
/** Milliseconds between two knocks at a server that is down, and at one that asks to come later. */
const pause = { down: 50, later: 500 };
/** How many later deliveries may overtake the repetition of one. */
const held = 5;

/** Opens the proxy. Repetitions come at the same time as their original, right after it, or after later ones, in turn. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { authority, cert, key } = options.certificates;
  const [ca, ...pair] = await Promise.all([authority, cert, key].map((file) => readFile(file, "utf8")));
  const target = { host: "localhost", port: options.target, ca, setHost: false, agent: false };
  const repetition = new Repetition(target);
  const order = options.reordering && new Order(options.reordering);
  const seen: Delivery[] = [];
  let lostAnswers = 0;
  let isCut = false;

  const server = createServer({ cert: pair[0], key: pair[1] }, (incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readDelivery(incoming);
    if (isCut && !ownPeople.test(request.path)) return void outgoing.destroy();
    if (!(request.method === "POST" && inbox.test(request.path))) {
      return relay(await ask(target, request), outgoing);
    }
    const number = seen.push(request) - 1;
    const turn = order?.draw();
    if (turn !== undefined && order?.isTakenEarly(request.body) === true) {
      repetition.after(turn.then(mended), request);
      return void outgoing.writeHead(202).end();
    }
    await turn;
    if (isCut) return void outgoing.destroy();
    if (number % 3 === 0) repetition.soon(request);
    const answer = await ask(target, request).catch((error: unknown) => {
      if (number % 3 > 0) repetition.soon(request);
      throw error;
    });
    order?.passed();
    if (number % 3 === 1) await repetition.now(request);
    if (number % 3 === 2) repetition.later(request);
    if (options.losesAnswer?.(number) === true) {
      lostAnswers += 1;
      outgoing.destroy();
    } else relay(answer, outgoing);
  }

  async function mended(): Promise<void> {
    while (isCut) await delay(pause.down);
  }

  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    tunnel(target, incoming, { socket, head });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port, "127.0.0.1", resolve);
  });
  return {
    get deliveries() {
      return seen.length;
    },
    get repeated() {
      return repetition.statuses;
    },
    get lostAnswers() {
      return lostAnswers;
    },
    get overtaken() {
      return order?.overtaken ?? 0;
    },
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    settled: () => repetition.settled(),
    repeatAll: () => bringAll(target, scattered(seen)),
    async close() {
      repetition.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The second copies on their way. */
class Repetition {
  readonly statuses: number[] = [];
  readonly #target: RequestOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #held: Delivery[] = [];
  readonly #stopping = new AbortController();

  constructor(target: RequestOptions) {
    this.#target = target;
  }

  /** Brings it and waits for its end. */
  async now(delivery: Delivery): Promise<void> {
    await this.#follow(this.#bring(delivery));
  }

  /** Brings it when its turn has come. */
  after(turn: Promise<void>, delivery: Delivery): void {
    void this.#follow(turn.then(() => this.#bring(delivery)));
  }

  soon(delivery: Delivery): void {
    void this.now(delivery);
  }

  /** Holds it back until some later ones have passed. */
  later(delivery: Delivery): void {
    this.#held.push(delivery);
    if (this.#held.length > held) this.soon(this.#held.shift()!);
  }

  async settled(): Promise<void> {
    for (const delivery of this.#held.splice(0)) this.soon(delivery);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #bring(delivery: Delivery): Promise<void> {
    this.statuses.push((await insist(this.#target, delivery, this.#stopping.signal)).status);
  }

  async #follow(work: Promise<void>): Promise<void> {
    const ended = work.catch(() => {}); // only `stop` ends it without a status
    this.#underWay.add(ended);
    await ended;
    this.#underWay.delete(ended);
  }

  stop(): void {
    this.#stopping.abort();
  }
}

/** Brings deliveries, a few at a time, in the order given. */
async function bringAll(target: RequestOptions, deliveries: readonly Delivery[]): Promise<number[]> {
  const statuses: number[] = [];
  const next = deliveries.values();
  const bring = async (): Promise<void> => {
    for (const delivery of next) statuses.push((await insist(target, delivery)).status);
  };
  await Promise.all(Array.from({ length: 4 }, bring));
  return statuses;
}

/** Brings a delivery until the server has judged it, however often it is down or in trouble meanwhile. */
async function insist(target: RequestOptions, delivery: Delivery, signal?: AbortSignal): Promise<Answer> {
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask(target, delivery).catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
    await delay(answer === undefined ? pause.down : pause.later, undefined, { signal });
  }
}

function ask(target: RequestOptions, { method, path, rawHeaders, body }: Delivery): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = openRequest({ ...target, method, path, headers: [...rawHeaders] }, (incoming) => {
      const { statusCode: status = 0, rawHeaders: headers } = incoming;
      readBody(incoming).then((bytes) => resolve({ status, rawHeaders: headers, body: bytes }), reject);
    });
    outgoing.once("error", reject).end(body);
  });
}

function relay({ status, rawHeaders, body }: Answer, outgoing: ServerResponse): void {
  outgoing.writeHead(status, [...rawHeaders]).end(body);
}

async function readDelivery(incoming: IncomingMessage): Promise<Delivery> {
  const { method = "", url = "", rawHeaders } = incoming;
  return { method, path: url, rawHeaders, body: await readBody(incoming) };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Joins a WebSocket to the server, bytes for bytes; the end of either is the end of both. */
function tunnel(
  { host, port, ca }: RequestOptions,
  { method, url, rawHeaders }: IncomingMessage,
  client: { socket: Duplex; head: Buffer },
): void {
  const { socket, head } = client;
  const upstream = connect({ host: host!, port: Number(port), ca, servername: host! });
  const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  upstream.write(`${method} ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
  upstream.write(head);
  const over = (): void => {}; // whichever end broke has ended both by then
  pipeline(socket, upstream, over);
  pipeline(upstream, socket, over);
}

/** Every other one first, the rest backwards: no neighbours stay neighbours. */
function scattered<Item>(items: readonly Item[]): Item[] {
  const even = items.filter((_, index) => index % 2 === 0);
  const odd = items.filter((_, index) => index % 2 === 1);
  return [...odd.toReversed(), ...even];
}
