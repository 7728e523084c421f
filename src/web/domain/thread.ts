import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { applyView } from "#protocol/apply.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure } from "../platform/http.ts";
import type { History } from "./history.ts";
import { moveDivider } from "./reading.ts";
import type { Sync } from "./sync.ts";
import { Writing, type WritingPlatform } from "./writing.ts";

export interface ThreadPlatform extends WritingPlatform {
  api: Api;
  sync: Sync;
  history: History;
  /** Where the reader was when they left a conversation, by its id; nobody is in it who was at the newest message. */
  places: Map<string, ReadingPlace>;
}

/** A place in the list: the message at the top of the view, and how many pixels below the top it begins. */
export interface ReadingPlace {
  id: string;
  offset: number;
}

/** Where the list of messages should stand next. */
export type Aim =
  | { kind: "end" }
  | { kind: "unread" }
  | { kind: "message"; id: string }
  | ({ kind: "place" } & ReadingPlace);

export type ThreadPhase = "loading" | "ready" | "missing" | "unreachable";

/** One open conversation: what is being written in it, and where its reader is. */
export class Thread {
  readonly id: string;
  readonly phase = signal<ThreadPhase>("loading");
  readonly unreadAfter = signal<number | null>(null);
  readonly highlighted = signal<string | null>(null);
  readonly aim = signal<Aim | null>(null);
  /** Whether the reader stands at the newest message. */
  readonly atEnd = signal(true);
  /** How many messages stand below what the reader sees. */
  readonly below = signal(0);
  /** Whether the reader is asked for a date to jump to. */
  readonly asksDate = signal(false);
  /** Whether the name that a stranger chose for themselves is shown. */
  readonly revealed = signal(false);
  /** Whether the message that was asked for is not here, or not for this reader. */
  readonly lost = signal(false);
  readonly known: ReadonlySignal<ConversationState | undefined>;
  readonly writing: Writing;
  /** Whether a stranger wrote this, whose chosen name nobody has asked to see. */
  readonly veiled = computed(() => this.known.value?.membership.state === "request" && !this.revealed.value);
  /** Where the reader is now, as the list of messages sees it; null at the newest message. */
  here: () => ReadingPlace | null = () => null;
  readonly #platform: ThreadPlatform;
  #opening: Promise<void> | null = null;
  /** What is shown instead of the usual place, once the conversation is there. */
  #wanted: Aim | null = null;
  readonly #quoted = signal<ReadonlyMap<string, Message | null>>(new Map());

  constructor(id: string, platform: ThreadPlatform) {
    this.id = id;
    this.#platform = platform;
    this.known = computed(() => platform.store.conversation(id));
    const { known } = this;
    this.writing = new Writing({ id, known, onSend: () => this.#followOwn() }, platform);
  }

  /** Loads what is shown first: what is around the first unread message, else the newest. Again when it was unloaded. */
  open(): Promise<void> {
    this.#opening ??= this.#load().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #load(): Promise<void> {
    const { api, store, history } = this.#platform;
    try {
      if (this.known.peek() === undefined) {
        const view = await api.conversation(this.id);
        store.update((state) => applyView(state, view));
      }
      const known = this.known.peek();
      if (known === undefined) return;
      const { unread, readPosition } = known.membership;
      if (this.phase.peek() !== "ready") this.unreadAfter.value = unread > 0 ? readPosition : null;
      const left = this.#platform.places.get(this.id);
      if (left !== undefined && unread === 0) this.#wanted ??= { kind: "place", ...left };
      if (await this.#showWanted()) return;
      this.aim.value = { kind: unread > 0 ? "unread" : "end" };
      if (known.window === null) {
        await history.open(
          this.id,
          unread > 20 ? { kind: "around", position: readPosition + 1 } : { kind: "newest" },
        );
      }
      this.phase.value = "ready";
    } catch (error) {
      this.phase.value = error instanceof ApiFailure ? "missing" : "unreachable";
    }
  }

  /** A message that another one answers: undefined until it is known, null when there is none to show. */
  quoted(id: string): Message | null | undefined {
    return (
      this.known.value?.window?.messages.find((message) => message.id === id) ?? this.#quoted.value.get(id)
    );
  }

  /** Whether its reader takes part: a request is read, and nothing is done in it. */
  isAccepted(): boolean {
    return this.known.value?.membership.state === "accepted";
  }

  /** A message as it is now, as far as it is loaded. */
  current(message: Message): Message {
    return this.known.value?.window?.messages.find(({ id }) => id === message.id) ?? message;
  }

  /** Fetches a quoted message that is not loaded. */
  async findQuoted(id: string): Promise<void> {
    if (this.quoted(id) !== undefined) return;
    const message = await this.#platform.history.find(id).catch((error: unknown) => {
      if (error instanceof ApiFailure) return null;
      return undefined; // Not known until the server can be reached.
    });
    if (message === undefined) return;
    this.#quoted.value = new Map(this.#quoted.peek()).set(id, message);
  }

  /** The number of unread messages has changed from `before`, while the reader was looking here or was not. */
  divide(before: number, looks: boolean): void {
    const membership = this.known.peek()?.membership;
    if (membership === undefined || this.phase.peek() !== "ready") return;
    const { unread: now, readPosition } = membership;
    this.unreadAfter.value = moveDivider(this.unreadAfter.peek(), { before, now, readPosition, looks });
  }

  /** The newest messages, wherever the reader is. */
  async toLatest(): Promise<void> {
    if (this.known.peek()?.window?.hasAfter !== false)
      await this.#platform.history.open(this.id, { kind: "newest" });
    this.aim.value = { kind: "end" };
  }

  /** Shows what came on a day and after it. */
  async toDate(day: Date): Promise<void> {
    await this.#platform.history.open(this.id, { kind: "date", at: day.toISOString() });
    const messages = this.known.peek()?.window?.messages ?? [];
    const first = messages.find(({ receivedAt }) => new Date(receivedAt) >= day) ?? messages.at(-1);
    if (first !== undefined) await this.seek(first.id);
  }

  /** Notes where the reader is, for the next time that they come here. */
  leave(): void {
    const place = this.here();
    if (place === null) this.#platform.places.delete(this.id);
    else this.#platform.places.set(this.id, place);
  }

  /** Shows a message and what stands around it, also while the conversation is still being opened. */
  async seek(id: string): Promise<void> {
    await this.#go({ kind: "message", id });
  }

  /** Puts the reader back where they were (see `here`). */
  async returnTo(place: ReadingPlace | null): Promise<void> {
    if (place === null) await this.toLatest();
    else await this.#go({ kind: "place", ...place });
  }

  async answerRequest(answer: "accept" | "decline"): Promise<void> {
    await this.#platform.api.answerRequest(this.id, answer);
    this.#platform.sync.catchUp();
  }

  /** Whoever says something has read what was there, and sees their words. */
  async #followOwn(): Promise<void> {
    this.unreadAfter.value = null;
    await this.toLatest();
  }

  async #go(aim: Aim): Promise<void> {
    this.#wanted = aim;
    if (this.phase.peek() === "ready" && this.#opening === null) await this.#showWanted();
    else await this.open();
  }

  /** Loads around the message that is asked for and aims at it; answers whether there is one. */
  async #showWanted(): Promise<boolean> {
    const aim = this.#wanted;
    this.#wanted = null;
    if (aim === null || !("id" in aim)) return false;
    const message = this.#loaded(aim.id) ?? (await this.#findHere(aim.id));
    this.lost.value = message === null && aim.kind === "message";
    if (message === null) return false;
    if (this.#loaded(aim.id) === undefined) {
      await this.#platform.history.open(this.id, { kind: "around", position: message.position });
    }
    batch(() => {
      this.highlighted.value = aim.kind === "message" ? aim.id : null;
      this.aim.value = aim;
      this.phase.value = "ready";
    });
    return true;
  }

  #loaded(id: string): Message | undefined {
    return this.known.peek()?.window?.messages.find((message) => message.id === id);
  }

  /** A message of this conversation; null when it is not there, is another's, or was deleted for its reader. */
  async #findHere(id: string): Promise<Message | null> {
    const message = await this.#platform.history.find(id).catch((error: unknown) => {
      if (error instanceof ApiFailure) return null;
      throw error;
    });
    return message?.conversationId === this.id ? message : null;
  }
}
