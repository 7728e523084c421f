import { signal } from "@preact/signals";
import type { Storage, StoredDraft } from "../platform/storage.ts";

type Draft = Pick<StoredDraft, "text" | "inReplyTo">;
const empty: Draft = { text: "", inReplyTo: null };

/** What a person has begun to write, per conversation; survives a reload. */
export class Drafts {
  /** Whether the stored drafts are there. */
  readonly loaded = signal(false);
  readonly #storage: Storage;
  #drafts = new Map<string, Draft>();
  #personId = "";
  #storing: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async start(personId: string): Promise<void> {
    this.#personId = personId;
    const stored = await this.#storage.drafts(personId);
    this.#drafts = new Map(stored.map(({ conversationId, ...draft }) => [conversationId, draft]));
    this.loaded.value = true;
  }

  stop(): void {
    this.#personId = "";
    this.#drafts.clear();
    this.loaded.value = false;
  }

  of(conversationId: string): Draft {
    return this.#drafts.get(conversationId) ?? empty;
  }

  /** Keeps a draft at once in memory and in the browser. */
  async keep(conversationId: string, draft: Draft): Promise<void> {
    if (this.#personId === "") return;
    this.#drafts.set(conversationId, draft);
    const stored = this.#storage.keepDraft({ personId: this.#personId, conversationId, ...draft });
    this.#storing = Promise.allSettled([this.#storing, stored]);
    await stored;
  }

  /** Waits until everything is in the browser's store, as far as it takes it. */
  async settled(): Promise<void> {
    await this.#storing;
  }
}
