import { signal } from "@preact/signals";
import type { SavedPage } from "#protocol/api.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import { meetConversations } from "./meet.ts";

export type SavedMessage = SavedPage["saved"][number];

/** The list of messages that its person keeps, as far as it was loaded. */
export class SavedList {
  /** Null until its first page is there. */
  readonly messages = signal<readonly SavedMessage[] | null>(null);
  readonly failure = signal<unknown>(null);
  readonly #api: Api;
  readonly #store: ChatStore;
  #next: string | null = null;
  #loading: Promise<void> | null = null;

  constructor({ api, store }: { api: Api; store: ChatStore }) {
    this.#api = api;
    this.#store = store;
  }

  /** Loads the newest anew. */
  load(): Promise<void> {
    return this.#once(async () => this.#take(await this.#api.saved(null), []));
  }

  /** Loads what was saved before, if there is more. */
  more(): Promise<void> {
    const before = this.#next;
    if (before === null) return Promise.resolve();
    return this.#once(async () => this.#take(await this.#api.saved(before), this.messages.peek() ?? []));
  }

  async #take({ saved, next }: SavedPage, before: readonly SavedMessage[]): Promise<void> {
    this.#next = next;
    // Who wrote them is known from their conversations, which may be beyond the loaded list.
    const ids = new Set(saved.map(({ message }) => message.conversationId));
    await meetConversations({ api: this.#api, store: this.#store }, ids);
    this.messages.value = [...before, ...saved];
  }

  #once(task: () => Promise<void>): Promise<void> {
    this.#loading ??= task()
      .then(
        () => (this.failure.value = null),
        (error: unknown) => (this.failure.value = error),
      )
      .then(() => {
        this.#loading = null;
      });
    return this.#loading;
  }
}
