import { applyMessagePage, type Joint, trimWindow } from "#protocol/history.ts";
import type { Window } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import type { Api, Place } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Sync } from "./sync.ts";

const pageSize = 50;
/** Messages kept in the loaded run, and so in the document. */
export const mostRows = 280;

/** Loads pages of a conversation's history into the store. */
export class History {
  readonly #api: Api;
  readonly #store: ChatStore;
  readonly #sync: Sync;
  readonly #loading = new Map<string, Promise<void>>();

  constructor({ api, store, sync }: { api: Api; store: ChatStore; sync: Sync }) {
    this.#api = api;
    this.#store = store;
    this.#sync = sync;
  }

  /** Loads the newest messages, or those around a position, instead of what is loaded. */
  open(id: string, place: Place): Promise<void> {
    return this.#once(`${id} ${JSON.stringify(place)}`, () => this.#load(id, place, { at: "replace" }));
  }

  /** Loads the page before or after what is loaded, and drops what is too much at the other end. */
  extend(id: string, to: "before" | "after"): Promise<void> {
    const window = this.#store.conversation(id)?.window ?? null;
    const edge = edgeOf(window, to);
    if (edge === null) return Promise.resolve();
    return this.#once(`${id} ${to}`, async () => {
      await this.#load(id, { kind: to, position: edge }, { at: to === "before" ? "start" : "end", edge });
      this.bound(id, to === "before" ? "start" : "end");
    });
  }

  /** Drops messages at the far end of an overlong run. */
  bound(id: string, keep: "start" | "end"): void {
    this.#store.update((state) => trimWindow(state, { conversationId: id, keep, limit: mostRows }));
  }

  /** One message that may not be loaded (a quoted one); null when it is gone. */
  async find(id: string): Promise<Message | null> {
    return (await this.#api.message(id)).message;
  }

  async #load(id: string, place: Place, joint: Joint): Promise<void> {
    const before = this.#store.conversation(id)?.conversation.revision ?? 0;
    const page = await this.#api.messages(id, place, pageSize);
    this.#store.update((state) => applyMessagePage(state, { conversationId: id, page, joint }));
    const after = this.#store.conversation(id)?.conversation.revision ?? 0;
    // Changes that were applied while the page travelled may be missing in it.
    if (after !== before) await this.#sync.changes(id, before);
  }

  #once(key: string, task: () => Promise<void>): Promise<void> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const started = task().finally(() => this.#loading.delete(key));
    this.#loading.set(key, started);
    return started;
  }
}

function edgeOf(window: Window | null, to: "before" | "after"): number | null {
  if (window === null) return null;
  const { messages, hasBefore, hasAfter } = window;
  const edge = to === "before" ? messages[0] : messages.at(-1);
  return edge !== undefined && (to === "before" ? hasBefore : hasAfter) ? edge.position : null;
}
