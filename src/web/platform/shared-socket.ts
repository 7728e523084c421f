import { effect, signal } from "@preact/signals";
import { newId } from "#lib/ids.ts";
import type { ClientFrame, Hello, ServerFrame } from "#protocol/socket.ts";
import type { Presence } from "#protocol/types.ts";
import type { LiveSocket, SocketState } from "./socket.ts";

/** What the tabs of one person say to each other. */
type Word =
  /** A tab is new, and wants to know where things stand. */
  | { kind: "join"; from: string }
  | { kind: "welcome"; to: string; frames: ServerFrame[] }
  | { kind: "frame"; frame: ServerFrame }
  | { kind: "state"; state: SocketState; lostAt: number | null }
  | { kind: "send"; from: string; frame: ClientFrame }
  /** Do not wait any longer, and say that you live. */
  | { kind: "try" }
  | { kind: "bye"; from: string };

export interface SharedPlatform {
  socket: LiveSocket;
  locks: Pick<LockManager, "request">;
  after: (milliseconds: number, task: () => void) => () => void;
  now: () => number;
}

/** A tab that leads answers at once; one that was put to sleep by the system does not. */
const patience = 3_000;

/**
 * One live connection for all tabs of a person. The tab that holds the lock has it and hands on what comes; when that tab
 * closes, the next one in the queue connects, and `hello` makes everybody fetch what was missed in between.
 */
export class SharedSocket {
  readonly state = signal<SocketState>({ kind: "off" });
  readonly lostAt = signal<number | null>(null);
  onFrame: (frame: ServerFrame) => void = () => {};
  readonly #platform: SharedPlatform;
  readonly #me = newId();
  #name = "";
  #channel: BroadcastChannel | null = null;
  #queue = new AbortController();
  /** Gives the lead up; null in a tab that follows. */
  #resign: (() => void) | null = null;
  #cancelWait: () => void = () => {};
  #hello: { frame: Hello; at: number } | null = null;
  readonly #people = new Map<string, Presence>();
  readonly #acting = new Map<string, "active" | "idle">();

  constructor(platform: SharedPlatform) {
    this.#platform = platform;
  }

  /** Whether the connection is this tab's. */
  get leads(): boolean {
    return this.#resign !== null;
  }

  /** Takes part; tabs that give the same name share one connection. */
  start(name: string): void {
    if (this.#channel !== null) return;
    this.#name = name;
    this.state.value = { kind: "connecting" };
    this.lostAt.value = this.#platform.now();
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#hear(data as Word);
    this.#standInLine();
    this.#call({ kind: "join", from: this.#me });
  }

  stop(): void {
    if (this.#channel === null) return;
    this.leave();
    this.#cancelWait();
    this.#queue.abort();
    this.#resign?.();
    this.#channel.close();
    this.#channel = null;
    this.state.value = { kind: "off" };
    this.lostAt.value = null;
  }

  /** Does not wait any longer. */
  tryNow(): void {
    if (this.leads) this.#platform.socket.tryNow();
    else this.#call({ kind: "try" });
  }

  /** Gives a live socket its next token before the old one runs out. */
  renew(token: string): void {
    if (this.leads) this.#platform.socket.renew(token);
  }

  /** Sends a frame over the live connection; without one it is lost. */
  send(frame: ClientFrame): void {
    if (this.leads) this.#forward(this.#me, frame);
    else this.#post({ kind: "send", from: this.#me, frame });
  }

  /** The page is going away. */
  leave(): void {
    this.#post({ kind: "bye", from: this.#me });
  }

  #standInLine(): void {
    this.#queue = new AbortController();
    this.#hold(this.#queue.signal, { signal: this.#queue.signal });
  }

  /** Leads once the lock is ours, until we give it up or another tab takes it. */
  #hold(over: AbortSignal, options: LockOptions): void {
    let resign: (() => void) | null = null;
    const lead = () =>
      new Promise<void>((resolve) => {
        if (over.aborted) return resolve();
        const end = this.#lead();
        resign = this.#resign = () => {
          end();
          resolve();
        };
      });
    this.#platform.locks.request(this.#name, options, lead).catch(() => {
      // Not waited for any longer, as we wanted; or taken away by a tab that found us asleep.
      if (resign === null) return;
      resign();
      this.#standInLine();
    });
  }

  #lead(): () => void {
    const { socket } = this.#platform;
    this.#cancelWait();
    this.#acting.clear();
    socket.onFrame = (frame) => {
      this.#note(frame);
      this.#post({ kind: "frame", frame });
      this.onFrame(frame);
    };
    socket.start();
    const silence = effect(() => {
      this.state.value = socket.state.value;
      this.lostAt.value = socket.lostAt.value;
      this.#post({ kind: "state", state: socket.state.value, lostAt: socket.lostAt.value });
    });
    return () => {
      this.#resign = null;
      silence();
      socket.stop();
    };
  }

  /** Says something that only a tab that leads answers; takes the lead from one that does not. */
  #call(word: Word): void {
    if (this.leads) return;
    this.#post(word);
    this.#cancelWait();
    this.#cancelWait = this.#platform.after(patience, () => {
      if (this.#channel === null || this.leads) return;
      this.#queue.abort();
      this.#queue = new AbortController();
      this.#hold(this.#queue.signal, { steal: true });
    });
  }

  #hear(word: Word): void {
    if (word.kind === "frame" || word.kind === "welcome" || word.kind === "state") this.#follow(word);
    else if (this.leads) this.#serve(word);
  }

  #follow(word: Extract<Word, { kind: "frame" | "welcome" | "state" }>): void {
    if (this.leads) return;
    this.#cancelWait();
    if (word.kind === "frame") this.onFrame(word.frame);
    else if (word.kind === "state") {
      this.state.value = word.state;
      this.lostAt.value = word.lostAt;
    } else if (word.to === this.#me) word.frames.forEach((frame) => this.onFrame(frame));
  }

  #serve(word: Exclude<Word, { kind: "frame" | "welcome" | "state" }>): void {
    const { socket } = this.#platform;
    if (word.kind === "send") this.#forward(word.from, word.frame);
    else if (word.kind === "bye") this.#forget(word.from);
    else {
      if (word.kind === "try") socket.tryNow();
      else this.#post({ kind: "welcome", to: word.from, frames: this.#story() });
      this.#post({ kind: "state", state: socket.state.value, lostAt: socket.lostAt.value });
    }
  }

  /** What a new tab would have heard first, had it connected by itself. */
  #story(): ServerFrame[] {
    if (this.#hello === null) return [];
    const { frame, at } = this.#hello;
    const time = new Date(Date.parse(frame.time) + this.#platform.now() - at).toISOString();
    return [
      { ...frame, time },
      { type: "presence", people: [...this.#people.values()] },
    ];
  }

  #note(frame: ServerFrame): void {
    if (frame.type === "hello") {
      this.#hello = { frame, at: this.#platform.now() };
      this.#people.clear();
    } else if (frame.type === "presence") {
      for (const person of frame.people) this.#people.set(person.personId, person);
    }
  }

  /** The person is at this device while they are at any of its tabs. */
  #forward(from: string, frame: ClientFrame): void {
    if (frame.type === "activity") {
      this.#acting.set(from, frame.state);
      if (frame.state === "idle" && this.#anyActive()) return;
    }
    this.#platform.socket.send(frame);
  }

  #forget(tab: string): void {
    const was = this.#acting.get(tab);
    this.#acting.delete(tab);
    if (was === "active" && !this.#anyActive())
      this.#platform.socket.send({ type: "activity", state: "idle" });
  }

  #anyActive(): boolean {
    return [...this.#acting.values()].includes("active");
  }

  #post(word: Word): void {
    this.#channel?.postMessage(word);
  }
}
