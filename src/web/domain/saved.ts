import { signal } from "@preact/signals";
import { applyView } from "#protocol/apply.ts";
import type { SavedPage } from "#protocol/api.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure } from "../platform/http.ts";
import type { ChatStore } from "./chat-store.ts";

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
    await this.#meet(new Set(saved.map(({ message }) => message.conversationId)));
    this.messages.value = [...before, ...saved];
  }

  /** Who wrote them is known from their conversations, which may be beyond the loaded list. */
  async #meet(ids: ReadonlySet<string>): Promise<void> {
    const unknown = [...ids].filter((id) => this.#store.conversation(id) === undefined);
    const views = await Promise.all(
      unknown.map((id) =>
        this.#api.conversation(id).catch((error: unknown) => {
          if (error instanceof ApiFailure) return null; // Not this person's any more.
          throw error;
        }),
      ),
    );
    for (const view of views) if (view !== null) this.#store.update((state) => applyView(state, view));
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
