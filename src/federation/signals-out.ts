import type { Context } from "#domain/context.ts";
import { describeTyping, type Heard, type SignalOf } from "#domain/signals.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import { EgressError } from "#lib/egress-error.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { LossyQueue } from "#lib/lossy-queue.ts";
import { signingActor } from "./actors.ts";
import type { Signing } from "./sign.ts";
import { translatePresence, translateTyping } from "./translate/signal-out.ts";
import { hostOf } from "./uris.ts";

/** Somebody's presence is told to one server no more often than this (milliseconds). */
const PRESENCE_MS = 15_000;
/** It is told again after this time, or the other server would take it for too old. */
const REPEAT_MS = 4 * 60_000;
/** A server that did not take a signal is left alone for so long. */
const UNWELL_MS = 60_000;
const TIMEOUT_MS = 5_000;
const KEPT = 20_000;

/** Somebody of another server of our own kind. */
export interface Listener {
  readonly uri: string | null;
  /** Where their server takes signals. */
  readonly signals: string | null;
}

/** What a listener is to see of somebody. */
export interface ShownTo {
  readonly to: Listener;
  readonly about: Heard;
}

/** Tells other servers what is not stored: signed, never tried again, and nothing waits for it. */
export class SignalsOut {
  readonly #ctx: Context;
  readonly #signing: Signing;
  readonly #queue = new LossyQueue({ concurrency: 16, perKey: 20, keys: 500 });
  readonly #unwell: BoundedMap<string, true>;
  /** When a person's presence was told to an endpoint last. */
  readonly #shownAt: BoundedMap<string, number>;
  /** What is told next, once its time has come. */
  readonly #coming = new Map<string, readonly ShownTo[]>();
  /** When anybody elsewhere was told that one of our people is there. */
  readonly #repeatFrom = new Map<PersonId, number>();

  constructor(ctx: Context, signing: Signing) {
    const now = (): number => ctx.now().getTime();
    this.#ctx = ctx;
    this.#signing = signing;
    this.#unwell = new BoundedMap({ max: KEPT, ttlMs: UNWELL_MS, now });
    this.#shownAt = new BoundedMap({ max: KEPT, ttlMs: PRESENCE_MS, now });
  }

  /** Tells that one of our people writes. */
  async typing(signal: SignalOf<"typing">): Promise<void> {
    if (signal.abroad.length === 0) return;
    const { personId } = signal;
    const { conversation, people } = await describeTyping(this.#ctx, signal);
    for (const [endpoint, listeners] of byEndpoint(people, (person) => person)) {
      const to = addresses(listeners);
      this.#post(endpoint, personId, translateTyping(this.#ctx.settings, { personId, to, conversation }));
    }
  }

  /** Tells whether one of our people is there; of what comes too fast, the last. */
  presence(personId: PersonId, shown: readonly ShownTo[]): void {
    const isThere = shown.some(({ about }) => about.state !== "offline");
    if (isThere) this.#repeatFrom.set(personId, this.#now());
    else this.#repeatFrom.delete(personId);
    for (const [endpoint, some] of byEndpoint(shown, ({ to }) => to)) this.#show(endpoint, personId, some);
  }

  /** Those of our people whom other servers are to hear of again. */
  findDue(): PersonId[] {
    const before = this.#now() - REPEAT_MS;
    return [...this.#repeatFrom].flatMap(([personId, at]) => (at <= before ? personId : []));
  }

  /** Drops what waits. */
  stop(): void {
    this.#coming.clear();
    this.#queue.clear();
  }

  #show(endpoint: string, personId: PersonId, shown: readonly ShownTo[]): void {
    const key = `${personId} ${endpoint}`;
    const shownAt = this.#shownAt.get(key);
    if (shownAt === undefined) return this.#tell(endpoint, personId, shown);
    const isWaiting = this.#coming.has(key);
    if (!isWaiting && this.#coming.size >= KEPT) return;
    this.#coming.set(key, shown);
    if (isWaiting) return;
    const tellLast = (): void => {
      const last = this.#coming.get(key);
      if (this.#coming.delete(key) && last !== undefined) this.#tell(endpoint, personId, last);
    };
    setTimeout(tellLast, shownAt + PRESENCE_MS - this.#now()).unref();
  }

  #tell(endpoint: string, personId: PersonId, shown: readonly ShownTo[]): void {
    this.#shownAt.set(`${personId} ${endpoint}`, this.#now());
    for (const alike of Map.groupBy(shown, ({ about }) => JSON.stringify(about)).values()) {
      const to = addresses(alike.map((one) => one.to));
      const presence = { personId, to, about: alike[0]!.about };
      this.#post(endpoint, personId, translatePresence(this.#ctx.settings, presence));
    }
  }

  #post(endpoint: string, personId: PersonId, json: JsonObject): void {
    const host = hostOf(endpoint) ?? "";
    if (this.#unwell.get(host) === undefined)
      this.#queue.push(host, () => this.#attempt({ host, endpoint, personId, body: JSON.stringify(json) }));
  }

  async #attempt({ host, endpoint: url, personId, body }: Attempt): Promise<void> {
    try {
      const actor = await signingActor(this.#ctx, personId);
      const { status } = await this.#signing.post({ url, body, actor, timeoutMs: TIMEOUT_MS });
      if (status >= 400) this.#unwell.set(host, true);
    } catch (error) {
      this.#unwell.set(host, true);
      if (!(error instanceof EgressError))
        log("federation").error("a signal could not be sent", { host, error });
    }
  }

  #now(): number {
    return this.#ctx.now().getTime();
  }
}

interface Attempt {
  readonly host: string;
  readonly endpoint: string;
  readonly personId: PersonId;
  readonly body: string;
}

function byEndpoint<Item>(items: readonly Item[], listenerOf: (item: Item) => Listener): Map<string, Item[]> {
  const taking = items.filter((item) => listenerOf(item).signals !== null);
  return Map.groupBy(taking, (item) => listenerOf(item).signals!);
}

function addresses(listeners: readonly Listener[]): string[] {
  return listeners.flatMap(({ uri }) => uri ?? []);
}
