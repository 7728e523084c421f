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
    await this.#storage.keepDraft({ personId: this.#personId, conversationId, ...draft });
  }
}
