import { signal } from "@preact/signals";
import { applySent } from "#protocol/history.ts";
import { newId } from "#lib/ids.ts";
import type * as api from "../platform/api.ts";
import { ApiFailure, TooManyTries, Unreachable } from "../platform/http.ts";
import type { Storage, StoredSend } from "../platform/storage.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Sync } from "./sync.ts";

/** An own message that the server has not confirmed. `failed` waits for a person's decision; the rest sends itself. */
export interface Pending extends StoredSend {
  state: "queued" | "sending" | "failed";
}

export interface OutboxPlatform {
  api: Pick<api.Api, "send">;
  store: ChatStore;
  sync: Pick<Sync, "want">;
  storage: Storage;
  now: () => number;
  after: (milliseconds: number, task: () => void) => void;
  /** Runs the task while no other tab runs one under the same name. */
  exclusively: <Result>(name: string, task: () => Promise<Result>) => Promise<Result>;
  /** Tells the other tabs that what is stored has changed. */
  tell: () => void;
}

export interface NewMessage {
  conversationId: string;
  text: string;
  inReplyTo: string | null;
  /** The message that is passed on, whose words are `text`. */
  forward?: string;
}

const retryDelay = 4_000;

/**
 * Sends what its person writes, in order per conversation, until the server has it or refuses it. Every message has one
 * key for ever, so sending twice makes one message; it is stored before it is sent, so a reload loses nothing.
 */
export class Outbox {
  readonly pending = signal<readonly Pending[]>([]);
  readonly #platform: OutboxPlatform;
  readonly #draining = new Set<string>();
  /** Conversations whose next attempt is timed. */
  readonly #waiting = new Set<string>();
  /** Messages on their way into the store. */
  readonly #storing = new Set<string>();
  /** When the server will take something again (milliseconds since 1970), after it had too many tries. */
  #heldUntil = 0;
  #personId = "";

  constructor(platform: OutboxPlatform) {
    this.#platform = platform;
  }

  /** Takes up what was left unsent by this person. */
  async start(personId: string): Promise<void> {
    this.#personId = personId;
    await this.look();
    this.flush();
  }

  /** Shows what is stored: other tabs write, send and give up too. */
  async look(): Promise<void> {
    const personId = this.#personId;
    const unsent = await this.#platform.storage.unsent(personId);
    if (unsent === null || this.#personId !== personId) return;
    const known = new Map(this.pending.value.map((item) => [item.key, item]));
    const storing = this.pending.value.filter(({ key }) => this.#storing.has(key));
    const stored = unsent.filter(({ key }) => !this.#storing.has(key));
    const met = [...stored.map((send) => meet(known.get(send.key), send)), ...storing];
    this.pending.value = met.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  stop(): void {
    this.#personId = "";
    this.#heldUntil = 0;
    this.pending.value = [];
  }

  async send(message: NewMessage): Promise<void> {
    const personId = this.#personId;
    const createdAt = new Date(this.#platform.now()).toISOString();
    const send = { key: newId(), personId, ...message, createdAt, refusal: null };
    this.pending.value = [...this.pending.value, asPending(send)];
    await this.#keep(send);
    this.#drain(message.conversationId);
  }

  /** Tries a refused message again, with the same key. */
  async retry(key: string): Promise<void> {
    const item = this.pending.value.find((pending) => pending.key === key);
    if (item === undefined) return;
    this.#change(key, { state: "queued", refusal: null });
    await this.#keep(stored({ ...item, refusal: null }));
    this.#drain(item.conversationId);
  }

  /** Gives up an unsent message. */
  async discard(key: string): Promise<void> {
    await this.#platform.storage.dropSend(key);
    this.pending.value = this.pending.value.filter((pending) => pending.key !== key);
    this.#platform.tell();
  }

  /** Tries everything that waits, at once, unless the server has asked for patience. */
  flush(): void {
    for (const id of new Set(this.pending.value.map(({ conversationId }) => conversationId))) this.#drain(id);
  }

  #drain(conversationId: string): void {
    if (this.#draining.has(conversationId)) return;
    const rest = this.#heldUntil - this.#platform.now();
    if (rest > 0) return this.#drainIn(rest, conversationId);
    this.#draining.add(conversationId);
    void this.#sendAll(conversationId).then((wait) => {
      this.#draining.delete(conversationId);
      if (wait !== null) this.#drainIn(wait, conversationId);
    });
  }

  async #keep(send: StoredSend): Promise<void> {
    this.#storing.add(send.key);
    await this.#platform.storage.keepSend(send);
    this.#storing.delete(send.key);
    this.#platform.tell();
  }

  /** Answers after how many milliseconds to try again; null when nothing is left to try. */
  #sendAll(conversationId: string): Promise<number | null> {
    return this.#platform.exclusively(`luciole.outbox.${conversationId}`, async () => {
      await this.look();
      return this.#sendEach(conversationId);
    });
  }

  async #sendEach(conversationId: string): Promise<number | null> {
    const next = () =>
      this.pending.value.find((item) => item.conversationId === conversationId && item.state === "queued");
    for (let item = next(); item !== undefined; item = next()) {
      const wait = await this.#sendOne(item);
      if (wait !== null) return wait;
    }
    return null;
  }

  async #sendOne(item: Pending): Promise<number | null> {
    const { key, conversationId } = item;
    this.#change(key, { state: "sending" });
    try {
      const sent = await this.#platform.api.send(conversationId, asked(item));
      this.#platform.sync.want(this.#platform.store.take((state) => applySent(state, sent)));
      await this.discard(key);
      return null;
    } catch (error) {
      return this.#failed(item, error);
    }
  }

  async #failed(item: Pending, error: unknown): Promise<number | null> {
    if (error instanceof ApiFailure && error.status !== 401) {
      this.#change(item.key, { state: "failed", refusal: error.code });
      await this.#keep(stored({ ...item, refusal: error.code }));
      return null;
    }
    this.#change(item.key, { state: "queued" });
    if (error instanceof TooManyTries) this.#heldUntil = this.#platform.now() + error.seconds * 1000;
    return (error instanceof Unreachable ? error.retryAfter : null) ?? retryDelay;
  }

  #drainIn(milliseconds: number, conversationId: string): void {
    if (this.#waiting.has(conversationId)) return;
    this.#waiting.add(conversationId);
    this.#platform.after(milliseconds, () => {
      this.#waiting.delete(conversationId);
      this.#drain(conversationId);
    });
  }

  #change(key: string, change: Partial<Pending>): void {
    this.pending.value = this.pending.value.map((item) => (item.key === key ? { ...item, ...change } : item));
  }
}

function asPending(send: StoredSend): Pending {
  return { ...send, state: send.refusal === null ? "queued" : "failed" };
}

/** What this tab knows of a message, beside what is stored of it. */
function meet(known: Pending | undefined, send: StoredSend): Pending {
  return known?.refusal === send.refusal ? known : asPending(send);
}

function asked({ key, text, inReplyTo, forward }: Pending): api.NewMessage {
  if (forward !== undefined) return { key, forward };
  return inReplyTo === null ? { key, text } : { key, text, inReplyTo };
}

function stored({ state: _state, ...send }: Pending): StoredSend {
  return send;
}
