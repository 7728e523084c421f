import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import { Agent, fetch } from "undici";
import { expect } from "vitest";
import { WebSocket } from "ws";
import type { ApiError, ConversationView, Me, MessagePage, Sent, SignedIn } from "#protocol/api.ts";
import { applyOwn } from "#protocol/apply.ts";
import type { ServerFrame } from "#protocol/socket.ts";
import { nothing, type ChatState, type ConversationState } from "#protocol/state.ts";
import type { Message, Person } from "#protocol/types.ts";
import { ChatStore } from "#web/domain/chat-store.ts";
import { History } from "#web/domain/history.ts";
import { Signals } from "#web/domain/signals.ts";
import { Sync } from "#web/domain/sync.ts";
import { Api } from "#web/platform/api.ts";
import { ApiFailure, type Method, Unreachable } from "#web/platform/http.ts";
import { isPassing } from "#web/platform/session.ts";
import { LiveSocket, type WebSocketLike } from "#web/platform/socket.ts";
import { poll } from "./poll.ts";

/** A server as its people reach it. */
export interface Place {
  readonly origin: string;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string;
}

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds between two attempts of a send. */
const pause = 100;
const patience = 10_000;
const agents = new Map<string, Agent>();

/** Makes one HTTP request; throws what the web client's own `http` throws. */
export async function call<Answer>(
  place: Place,
  { method, path, body, token, headers }: Call,
): Promise<Answer> {
  const response = await fetch(place.origin + path, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    dispatcher: agentFor(place),
  }).catch((error: unknown) => {
    throw new Unreachable(String(error));
  });
  const text = await response.text().catch((error: unknown) => {
    throw new Unreachable(String(error));
  });
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
  if (response.status >= 500 || response.status === 429) throw new Unreachable(`status ${response.status}`);
  throw new ApiFailure(response.status, JSON.parse(text) as ApiError);
}

function agentFor({ authority }: Place): Agent {
  const known = agents.get(authority);
  if (known !== undefined) return known;
  const agent = new Agent({ connect: { ca: authority }, headersTimeout: patience, bodyTimeout: patience });
  agents.set(authority, agent);
  return agent;
}

export interface Said {
  readonly text: string;
  readonly key?: string;
  readonly inReplyTo?: string;
}

/** One signed-in session of a person, without a live connection. */
export class Client {
  readonly place: Place;
  readonly token: string;
  readonly person: Person;
  readonly api: Api;

  constructor(place: Place, { accessToken, person }: SignedIn) {
    this.place = place;
    this.token = accessToken;
    this.person = person;
    this.api = new Api((method, path, body) => this.call(method, path, body));
  }

  call<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
    return call(this.place, { method, path, body, token: this.token });
  }

  /** Another session of the same person. */
  signIn(): Promise<Client> {
    return enter(this.place, "sign-in", this.person.handle);
  }

  signOut(): Promise<void> {
    const headers = { origin: this.place.origin };
    return call(this.place, { method: "POST", path: "/auth/sign-out", token: this.token, headers });
  }

  /** Sends once: a broken connection leaves it unknown whether the message is there. */
  sendOnce(conversationId: string, { text, key = crypto.randomUUID(), inReplyTo }: Said): Promise<Sent> {
    return this.api.send(conversationId, { key, text, ...(inReplyTo !== undefined && { inReplyTo }) });
  }

  /** Sends under one key until the server answers, as a person's outbox does. */
  async send(conversationId: string, said: Said, deadline = 60_000): Promise<Sent> {
    const keyed = { key: crypto.randomUUID(), ...said };
    const end = performance.now() + deadline;
    for (;;) {
      try {
        return await this.sendOnce(conversationId, keyed);
      } catch (error) {
        if (!(error instanceof Unreachable) || performance.now() > end) throw error;
        await delay(pause);
      }
    }
  }

  /** Everything said in a conversation, page by page. */
  async fetchHistory(
    conversationId: string,
  ): Promise<Pick<MessagePage, "messages" | "deliveries" | "saved">> {
    let messages: Message[] = [];
    let deliveries: MessagePage["deliveries"] = {};
    let saved: string[] = [];
    for (let more = true; more;) {
      const [oldest] = messages;
      const at = oldest
        ? ({ kind: "before", position: oldest.position } as const)
        : ({ kind: "newest" } as const);
      const page = await this.api.messages(conversationId, at, 100);
      messages = [...page.messages, ...messages];
      deliveries = { ...deliveries, ...page.deliveries };
      saved = [...saved, ...page.saved];
      more = page.hasBefore;
    }
    return { messages, deliveries, saved };
  }

  /** What a client that knows nothing would fetch. */
  async fetchState(): Promise<ChatState> {
    const own = await this.api.own();
    const lists = [await this.#fetchList("accepted"), await this.#fetchList("request")];
    const conversations: Record<string, ConversationState> = {};
    for (const view of lists.flat()) {
      const { messages, deliveries, saved } = await this.fetchHistory(view.conversation.id);
      const window = { messages, hasBefore: false, hasAfter: false };
      conversations[view.conversation.id] = { ...view, window, deliveries, saved };
    }
    const { number } = own;
    return applyOwn({ ...nothing, me: this.person.id, number, conversations }, own);
  }

  async #fetchList(state: "accepted" | "request"): Promise<ConversationView[]> {
    const found: ConversationView[] = [];
    for (let before: string | null | undefined; before !== null;) {
      const page = await this.api.conversations({ state }, before ?? null);
      found.push(...page.conversations);
      before = page.next;
    }
    return found;
  }
}

/** Makes an account whose password is known here, and signs in. */
export function signUp(place: Place, handle: string): Promise<Client> {
  return enter(place, "sign-up", handle);
}

/** Takes a token that was made for somebody. */
export async function withToken(place: Place, token: string): Promise<Client> {
  const { person } = await call<Me>(place, { method: "GET", path: "/api/chat/v1/me", token });
  return new Client(place, { accessToken: token, person, expiresIn: Infinity });
}

async function enter(place: Place, door: "sign-up" | "sign-in", handle: string): Promise<Client> {
  const body = { handle, password: `password of ${handle}` };
  const headers = { origin: place.origin };
  return new Client(place, await call(place, { method: "POST", path: `/auth/${door}`, body, headers }));
}

/** A live session: the web client's own socket, store and synchronisation, without its pages. */
export class LiveSession {
  readonly client: Client;
  readonly store = new ChatStore();
  /** Every frame that came, over all connections. */
  readonly frames: ServerFrame[] = [];
  /** With which codes connections were closed. */
  readonly closes: number[] = [];
  readonly socket: LiveSocket;
  readonly signals: Signals;
  readonly #sync: Sync;
  readonly #history: History;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(client: Client) {
    this.client = client;
    const { api } = client;
    const after = (ms: number, task: () => void) => this.#after(ms, task);
    this.#sync = new Sync({ api, store: this.store, later: (ms, task) => void after(ms, task) });
    this.#history = new History({ api, store: this.store, sync: this.#sync });
    this.socket = new LiveSocket({
      open: (protocols) => this.#openSocket(protocols),
      token: () => Promise.resolve(client.token),
      // Tells a token that is not taken any more from a server that is away.
      refresh: () => client.call("GET", "/api/chat/v1/me"),
      isPassing,
      now: Date.now,
      random: Math.random,
      after,
    });
    this.signals = new Signals({ send: (frame) => this.socket.send(frame), now: Date.now, after });
    this.socket.onFrame = (frame) => {
      this.frames.push(frame);
      this.#sync.receive(frame);
      this.signals.receive(frame);
    };
  }

  /** Connects, fetches the list of conversations, and waits for both. */
  async start(): Promise<this> {
    this.socket.start();
    this.#sync.start(this.client.person.id);
    await poll("a live session", () => this.isOpen && this.#sync.ready.value);
    return this;
  }

  get isOpen(): boolean {
    return this.socket.state.value.kind === "open";
  }

  get state(): ChatState {
    return this.store.state.value;
  }

  /** The loaded messages of a conversation. */
  messages(conversationId: string): readonly Message[] {
    return this.state.conversations[conversationId]?.window?.messages ?? [];
  }

  /** Loads the newest messages of a conversation, as opening it on the screen does. */
  async open(conversationId: string): Promise<void> {
    await poll("the conversation in the list", () => this.state.conversations[conversationId]);
    await this.#history.open(conversationId, { kind: "newest" });
  }

  /** Waits until what this session has is what it would fetch, as far as it has loaded anything. */
  async inStep(deadline = 30_000): Promise<void> {
    const look = async () => asLoaded(await this.client.fetchState(), this.state);
    const ask = async () => isDeepStrictEqual(this.state, await look());
    await poll(`${this.client.person.address} has what it would fetch`, ask, deadline).catch(async () => {
      expect(this.state).toEqual(await look());
    });
  }

  stop(): void {
    this.socket.stop();
    this.#sync.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #after(ms: number, task: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
    return () => clearTimeout(timer);
  }

  #openSocket(protocols: string[]): WebSocketLike {
    const socket = openSocket(this.client.place, { protocols });
    socket.on("close", (code) => this.closes.push(code));
    return socket as unknown as WebSocketLike;
  }
}

/** Leaves out of a fetched state the messages of conversations that a session has not opened. */
function asLoaded(fetched: ChatState, { conversations }: ChatState): ChatState {
  const loaded = Object.entries(fetched.conversations).map(([id, conversation]) => {
    const known = conversations[id];
    const isOpen = known === undefined || known.window !== null;
    return [
      id,
      isOpen ? conversation : { ...conversation, window: null, deliveries: known.deliveries },
    ] as const;
  });
  return { ...fetched, conversations: Object.fromEntries(loaded) };
}

export interface SocketOptions {
  readonly protocols: string[];
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a bare WebSocket to the server's live address; its errors show as its close. */
export function openSocket(
  { origin, authority }: Place,
  { protocols, query = "", headers }: SocketOptions,
): WebSocket {
  const address = `${origin.replace(/^http/, "ws")}/api/chat/v1/socket${query}`;
  const socket = new WebSocket(address, protocols, { ca: authority, ...(headers && { headers }) });
  return socket.on("error", () => {});
}
