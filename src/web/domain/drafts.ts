import { signal } from "@preact/signals";
import type { Draft as ServersDraft } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure, pauseAfter } from "../platform/http.ts";
import type { Storage, StoredDraft } from "../platform/storage.ts";
import type { ChatStore } from "./chat-store.ts";

type Words = Pick<StoredDraft, "text" | "inReplyTo">;
/** What this browser keeps; `told` once the server has it too. */
type Kept = Omit<StoredDraft, "personId" | "conversationId">;

export interface DraftsPlatform {
  api: Pick<Api, "keepDraft" | "dropDraft">;
  store: ChatStore;
  storage: Storage;
  now: () => number;
  after: (milliseconds: number, task: () => void) => () => void;
}

const empty: Words = { text: "", inReplyTo: null };
/** A pause in the writing after which the other sessions are told. */
const calm = 1_000;

/**
 * What a person has begun to write, per conversation. It is kept in this browser at once, so that it survives a reload, and
 * on the server after a pause, for their other sessions; what was written last wins.
 */
export class Drafts {
  /** Whether the stored drafts are there. */
  readonly loaded = signal(false);
  readonly #platform: DraftsPlatform;
  #kept = new Map<string, Kept>();
  readonly #timers = new Map<string, () => void>();
  #personId = "";
  #storing: Promise<unknown> = Promise.resolve();
  /** One after the other, so that what was written last comes last. */
  #telling: Promise<unknown> = Promise.resolve();

  constructor(platform: DraftsPlatform) {
    this.#platform = platform;
  }

  async start(personId: string): Promise<void> {
    this.#personId = personId;
    const stored = await this.#platform.storage.drafts(personId);
    if (this.#personId !== personId) return;
    this.#kept = new Map(stored.map((draft) => [draft.conversationId, draft]));
    this.loaded.value = true;
  }

  stop(): void {
    this.#personId = "";
    this.#kept.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.loaded.value = false;
  }

  /** What is written in a conversation: here, as long as the server was not told; else in any session. */
  of(conversationId: string): Words {
    const kept = this.#kept.get(conversationId);
    const known = this.#platform.store.conversation(conversationId);
    if (kept !== undefined && (known === undefined || this.#isNewer(kept, known.draft))) return kept;
    return known?.draft ?? empty;
  }

  /** Keeps a draft at once in memory and in the browser, and soon on the server. */
  async keep(conversationId: string, { text, inReplyTo }: Words): Promise<void> {
    if (this.#personId === "") return;
    const changedAt = new Date(this.#platform.now()).toISOString();
    this.#tellIn(text === "" && inReplyTo === null ? 0 : calm, conversationId);
    await this.#store(conversationId, { text, inReplyTo, changedAt, told: false });
  }

  /** Tells the server at once what it was not told yet. */
  flush(): void {
    for (const [id, { told }] of this.#kept) if (!told) this.#tellIn(0, id);
  }

  /** The server has another past: whatever is kept here is told to it anew. */
  retell(): void {
    for (const [id, kept] of this.#kept) {
      const { text, inReplyTo } = kept;
      if (text !== "" || inReplyTo !== null) void this.#store(id, { ...kept, told: false });
    }
  }

  /** Waits until everything is in the browser's store, as far as it takes it. */
  async settled(): Promise<void> {
    await this.#storing;
  }

  #isNewer(kept: Kept, draft: ServersDraft | null): boolean {
    return !kept.told && (draft === null || kept.changedAt >= draft.changedAt);
  }

  #tellIn(milliseconds: number, id: string): void {
    this.#timers.get(id)?.();
    const task = () => {
      this.#timers.delete(id);
      this.#telling = this.#telling.then(() => this.#tell(id));
    };
    this.#timers.set(id, this.#platform.after(milliseconds, task));
  }

  async #tell(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.told) return;
    try {
      const draft = await this.#send(id, kept);
      this.#platform.store.keepDraft(id, draft);
    } catch (error) {
      if (!(error instanceof ApiFailure)) return this.#tellIn(pauseAfter(error), id);
      // Nothing can be kept there: it stays in this browser.
    }
    if (this.#kept.get(id) === kept) await this.#store(id, { ...kept, told: true });
  }

  async #send(id: string, { text, inReplyTo }: Kept): Promise<ServersDraft | null> {
    const { api } = this.#platform;
    if (text !== "" || inReplyTo !== null) return api.keepDraft(id, { text, inReplyTo });
    await api.dropDraft(id);
    return null;
  }

  async #store(conversationId: string, kept: Kept): Promise<void> {
    this.#kept.set(conversationId, kept);
    const personId = this.#personId;
    const stored = this.#platform.storage.keepDraft({ ...kept, personId, conversationId });
    this.#storing = Promise.allSettled([this.#storing, stored]);
    await stored;
  }
}
