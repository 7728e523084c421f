import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { applySent } from "#protocol/history.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Drafts } from "./drafts.ts";
import type { History } from "./history.ts";
import type { Outbox } from "./outbox.ts";
import type { Signals } from "./signals.ts";
import type { Sync } from "./sync.ts";

export interface WritingPlatform {
  api: Pick<Api, "edit">;
  store: ChatStore;
  sync: Pick<Sync, "want">;
  history: Pick<History, "find">;
  outbox: Pick<Outbox, "send">;
  drafts: Drafts;
  signals: Pick<Signals, "type">;
  now: () => number;
}

/** Where something is written. */
interface WritingPlace {
  id: string;
  known: ReadonlySignal<ConversationState | undefined>;
  /** Called when a message is sent. */
  onSend: () => Promise<void>;
}

/** Whoever wrote something less than so many milliseconds ago is writing. */
const writingPause = 3_000;

/** What is being written in a conversation: a new message, perhaps an answer, or an edit. */
export class Writing {
  readonly text = signal("");
  readonly replyTo = signal<Message | null>(null);
  readonly editing = signal<Message | null>(null);
  /** What kept the last edit from being saved. */
  readonly failure = signal<unknown>(null);
  readonly #platform: WritingPlatform;
  readonly #thread: WritingPlace;
  /** When something was written here last (milliseconds since 1970). */
  #wroteAt = -Infinity;

  constructor(thread: WritingPlace, platform: WritingPlatform) {
    this.#thread = thread;
    this.#platform = platform;
    const draft = platform.drafts.of(thread.id);
    this.text.value = draft.text;
    if (draft.inReplyTo !== null) void this.#restoreReply(draft.inReplyTo);
  }

  write(text: string): void {
    batch(() => {
      this.text.value = text;
      this.failure.value = null;
    });
    if (this.editing.peek() !== null) return;
    this.#wroteAt = this.#platform.now();
    this.#keepDraft();
    if (text.trim() !== "" && this.#showsTyping()) this.#platform.signals.type(this.#thread.id);
  }

  /** Shows what was written in another session; answers after how many milliseconds to look again while somebody writes here. */
  adoptDraft(): number | null {
    const { now, drafts } = this.#platform;
    if (this.editing.peek() !== null) return null;
    const rest = this.#wroteAt + writingPause - now();
    if (rest > 0) return rest;
    const { text, inReplyTo } = drafts.of(this.#thread.id);
    this.text.value = text;
    if (inReplyTo === null) this.replyTo.value = null;
    else if (this.replyTo.peek()?.id !== inReplyTo) void this.#restoreReply(inReplyTo);
    return null;
  }

  reply(message: Message): void {
    if (this.editing.peek() !== null) this.cancel();
    this.replyTo.value = message;
    this.#keepDraft();
  }

  edit(message: Message): void {
    if (message.body === null || !("text" in message.body)) return;
    const { text } = message.body;
    batch(() => {
      this.editing.value = message;
      this.text.value = text;
    });
  }

  /** Begins to edit the newest own message that is loaded. */
  editLast(): void {
    const me = this.#platform.store.state.peek().me;
    const own = ({ authorId, body, notice }: Message) =>
      authorId === me && notice === null && body !== null && "text" in body;
    const last = this.#thread.known.peek()?.window?.messages.findLast(own);
    if (last !== undefined) this.edit(last);
  }

  /** Leaves an edit (the draft comes back) or a reply; answers whether there was anything to leave. */
  cancel(): boolean {
    if (this.editing.peek() !== null) {
      batch(() => {
        this.editing.value = null;
        this.failure.value = null;
        this.text.value = this.#platform.drafts.of(this.#thread.id).text;
      });
      return true;
    }
    if (this.replyTo.peek() === null) return false;
    this.replyTo.value = null;
    this.#keepDraft();
    return true;
  }

  /** Sends what is written, or saves the edit. */
  async submit(): Promise<void> {
    const text = this.text.peek().trim();
    if (text === "") return;
    const editing = this.editing.peek();
    if (editing !== null) return this.#saveEdit(editing, text);
    const inReplyTo = this.replyTo.peek()?.id ?? null;
    batch(() => {
      this.text.value = "";
      this.replyTo.value = null;
    });
    const sent = this.#platform.outbox.send({ conversationId: this.#thread.id, text, inReplyTo });
    this.#keepDraft();
    await Promise.all([sent, this.#thread.onSend()]);
  }

  async #saveEdit(message: Message, text: string): Promise<void> {
    const { api, sync, store } = this.#platform;
    try {
      const sent = await api.edit(message.id, text);
      sync.want(store.take((state) => applySent(state, sent)));
      if (this.editing.peek()?.id === message.id) this.cancel();
    } catch (error) {
      this.failure.value = error;
    }
  }

  async #restoreReply(id: string): Promise<void> {
    try {
      const message = await this.#platform.history.find(id);
      const stands = this.#platform.drafts.of(this.#thread.id).inReplyTo === id;
      if (message !== null && stands) this.replyTo.value = message;
    } catch {
      // The message is gone or cannot be asked for now: the draft's words stay.
    }
  }

  #showsTyping(): boolean {
    const { preferences } = this.#platform.store.state.peek();
    return this.#thread.known.peek()?.membership.sharing.typing ?? preferences.typing;
  }

  #keepDraft(): void {
    const inReplyTo = this.replyTo.peek()?.id ?? null;
    const text =
      this.editing.peek() === null ? this.text.peek() : this.#platform.drafts.of(this.#thread.id).text;
    void this.#platform.drafts.keep(this.#thread.id, { text, inReplyTo });
  }
}
