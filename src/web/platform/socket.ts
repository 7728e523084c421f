import { signal } from "@preact/signals";
import {
  BEARER_PREFIX,
  SOCKET_PROTOCOL,
  closeCodes,
  type ClientFrame,
  type ServerFrame,
} from "#protocol/socket.ts";

export type SocketState =
  | { kind: "off" }
  | { kind: "connecting" }
  | { kind: "open" }
  /** Waits until `until` (milliseconds since 1970) before it tries again. */
  | { kind: "waiting"; until: number };

/** The part of `WebSocket` that is used. */
export type WebSocketLike = Pick<WebSocket, "send" | "close" | "onopen" | "onmessage" | "onclose">;

export interface SocketPlatform {
  open: (protocols: string[]) => WebSocketLike;
  /** An access token; rejects when there is none to be had. */
  token: () => Promise<string>;
  /** Called when the server did not take the token: makes sure that the next one is new. */
  refresh: () => Promise<unknown>;
  /** Whether an error is a passing one; any other ends the connection. */
  isPassing: (error: unknown) => boolean;
  now: () => number;
  random: () => number;
  after: (milliseconds: number, task: () => void) => () => void;
}

const firstDelay = 1_000;
const longestDelay = 30_000;

/** The live connection: comes back by itself, later and later, with jitter so that not all come back at once. */
export class LiveSocket {
  readonly state = signal<SocketState>({ kind: "off" });
  /** When the connection was last lost (milliseconds since 1970); null while it is open or was never wanted. */
  readonly lostAt = signal<number | null>(null);
  onFrame: (frame: ServerFrame) => void = () => {};
  readonly #platform: SocketPlatform;
  #socket: WebSocketLike | null = null;
  #failures = 0;
  #cancelWait: () => void = () => {};
  #attempt = 0;

  constructor(platform: SocketPlatform) {
    this.#platform = platform;
  }

  start(): void {
    if (this.state.value.kind !== "off") return;
    this.lostAt.value = this.#platform.now();
    void this.#connect();
  }

  stop(): void {
    this.#attempt += 1;
    this.#cancelWait();
    this.#socket?.close(1000);
    this.#socket = null;
    this.#failures = 0;
    this.state.value = { kind: "off" };
    this.lostAt.value = null;
  }

  /** Does not wait any longer. */
  tryNow(): void {
    if (this.state.value.kind !== "waiting") return;
    this.#cancelWait();
    void this.#connect();
  }

  /** Gives a live socket its next token before the old one runs out. */
  renew(token: string): void {
    this.send({ type: "renew", token });
  }

  /** Sends a frame over a live socket; without one it is lost. */
  send(frame: ClientFrame): void {
    if (this.state.value.kind === "open") this.#socket?.send(JSON.stringify(frame));
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    this.state.value = { kind: "connecting" };
    try {
      const token = await this.#platform.token();
      if (attempt !== this.#attempt) return;
      this.#listen(this.#platform.open([SOCKET_PROTOCOL, BEARER_PREFIX + token]));
    } catch (error) {
      if (attempt === this.#attempt) this.#retryOrEnd(error);
    }
  }

  #listen(socket: WebSocketLike): void {
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#failures = 0;
      this.state.value = { kind: "open" };
      this.lostAt.value = null;
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.onFrame(JSON.parse(data as string) as ServerFrame);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) void this.#closed(opened, code);
    };
  }

  async #closed(opened: boolean, code: number): Promise<void> {
    this.#socket = null;
    this.lostAt.value ??= this.#platform.now();
    const attempt = ++this.#attempt;
    // A refused upgrade carries no reason, so the token is suspected too.
    const suspect = code === closeCodes.unauthorized || !opened;
    if (!suspect) return this.#wait();
    this.state.value = { kind: "connecting" };
    try {
      await this.#platform.refresh();
      if (attempt === this.#attempt) this.#wait();
    } catch (error) {
      if (attempt === this.#attempt) this.#retryOrEnd(error);
    }
  }

  #retryOrEnd(error: unknown): void {
    if (this.#platform.isPassing(error)) this.#wait();
    else this.stop();
  }

  #wait(): void {
    const ceiling = Math.min(longestDelay, firstDelay * 2 ** this.#failures);
    const delay = Math.round(ceiling * (0.5 + this.#platform.random() / 2));
    this.#failures += 1;
    this.state.value = { kind: "waiting", until: this.#platform.now() + delay };
    this.#cancelWait = this.#platform.after(delay, () => void this.#connect());
  }
}
