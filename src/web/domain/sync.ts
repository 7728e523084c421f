import { batch, signal } from "@preact/signals";
import type { ConversationView } from "#protocol/api.ts";
import { applyConversationPage, applyOwn, applyPersonalPage, applyView } from "#protocol/apply.ts";
import { forgetWindow } from "#protocol/history.ts";
import { isSignal, type ServerFrame } from "#protocol/socket.ts";
import type { Missing } from "#protocol/state.ts";
import type { Api } from "../platform/api.ts";
import { ApiFailure, pauseAfter } from "../platform/http.ts";
import type { ChatStore } from "./chat-store.ts";
import { Lists, queryOf } from "./lists.ts";

/** Changes of one conversation beyond which its messages are loaded anew instead. */
const longGap = 600;
/** The server does not know where we stood: the cursor is of another past, or of no kind that it makes. */
const lostPlace: readonly string[] = ["stale", "cursor_invalid"];

export interface SyncPlatform {
  api: Api;
  store: ChatStore;
  /** Called when something failed that a later attempt will repair (after `milliseconds`). */
  later: (milliseconds: number, task: () => void) => void;
}

/**
 * Brings the store to the server's state and keeps it there. Live frames are a hint: whatever they leave open is fetched.
 * Fetching is serial: everything asked for while a fetch runs is done once, after it.
 */
export class Sync {
  /** Whether the list of conversations is there. */
  readonly ready = signal(false);
  readonly lists: Lists;
  /** Called when the server's past is another one than it was. */
  onAnotherPast: () => void = () => {};
  /** Called after the live connection and the state are in step. */
  onCaughtUp: () => void = () => {};
  readonly #api: Api;
  readonly #store: ChatStore;
  readonly #later: SyncPlatform["later"];
  #me = "";
  #generation: string | null = null;
  #cursor: string | null = null;
  #wanted = new Map<string, Missing>();
  #wantsAll = false;
  #wantsAfresh = false;
  #running = false;
  #era = 0;

  constructor({ api, store, later }: SyncPlatform) {
    this.#api = api;
    this.#store = store;
    this.#later = later;
    this.lists = new Lists({ api, store, later });
  }

  /** Begins for a person who has just signed in. */
  start(me: string): void {
    this.stop();
    this.#me = me;
    this.#store.begin(me, 0);
    this.catchUp();
  }

  stop(): void {
    this.#era += 1;
    this.#me = "";
    this.#generation = null;
    this.#cursor = null;
    this.#wanted.clear();
    this.#wantsAfresh = false;
    this.#running = false;
    this.#forgetLists();
    this.#store.begin("", 0);
  }

  /** Takes a frame of the socket. */
  receive(frame: ServerFrame): void {
    if (frame.type === "hello") {
      if (this.#generation !== null && frame.generation !== this.#generation) this.#enterAnotherPast();
      this.catchUp();
    } else if (!isSignal(frame)) this.want(this.#store.apply(frame));
  }

  /** Fetches what changed since the last time. */
  catchUp(): void {
    this.#wantsAll = true;
    this.#run();
  }

  /** Fetches what a change left open. */
  want(missing: Missing | null): void {
    if (missing === null || !this.ready.value) return;
    if (missing.kind === "everything") this.#wantsAfresh = this.#wantsAll = true;
    else this.#wanted.set(missing.kind === "conversation" ? missing.conversationId : "", missing);
    this.#run();
  }

  /** Takes conversations over that were found by a question of their own. */
  meet(views: readonly ConversationView[]): void {
    batch(() => {
      for (const view of views) this.#store.update((state) => applyView(state, view));
    });
  }

  #run(): void {
    if (this.#me === "" || this.#running) return;
    this.#running = true;
    void this.#drain(this.#era);
  }

  async #drain(era: number): Promise<void> {
    try {
      while (era === this.#era && (this.#wantsAll || this.#wanted.size > 0)) await this.#next();
    } catch (error) {
      // Unreachable, or signed out meanwhile: try again; the socket's return does so too.
      this.#later(pauseAfter(error), () => era === this.#era && this.catchUp());
    } finally {
      if (era === this.#era) this.#running = false;
    }
  }

  async #next(): Promise<void> {
    if (this.#wantsAfresh) this.#startAfresh();
    if (this.#wantsAll) {
      this.#wantsAll = false;
      await (this.#cursor === null ? this.#begin() : this.#since(this.#cursor));
      this.onCaughtUp();
      return;
    }
    for (const [key, missing] of this.#wanted) {
      this.#wanted.delete(key);
      await (missing.kind === "conversation" ? this.#conversation(missing.conversationId) : this.#personal());
    }
  }

  /** Where the server stands comes first, then the lists: what happens in between comes again by the cursor. */
  async #begin(): Promise<void> {
    const era = this.#era;
    const [start, own] = await Promise.all([this.#api.sync(null), this.#api.own()]);
    const [accepted, requests] = await Promise.all([
      this.#api.conversations(queryOf("accepted"), null),
      this.#api.conversations(queryOf("request"), null),
    ]);
    if (era !== this.#era) return;
    batch(() => {
      this.#generation = start.generation;
      this.#cursor = start.cursor;
      this.#store.update((state) => applyOwn({ ...state, number: own.number }, own));
      this.lists.take("accepted", accepted);
      this.lists.take("request", requests);
      this.ready.value = true;
    });
    // What is unread is counted over all conversations; from here on, whatever changes one of the others brings it.
    void this.lists.loadAll("unread");
    await this.#since(start.cursor);
  }

  async #since(cursor: string): Promise<void> {
    const era = this.#era;
    const answer = await this.#api.sync(cursor).catch((error: unknown) => {
      if (error instanceof ApiFailure && lostPlace.includes(error.code)) return null;
      throw error;
    });
    if (era !== this.#era) return;
    if (answer === null || answer.generation !== this.#generation) return this.#enterAnotherPast();
    for (const view of answer.conversations) await this.#takeView(view);
    if (era !== this.#era) return;
    this.#cursor = answer.cursor;
    if (answer.number > this.#store.state.peek().number) await this.#personal();
  }

  /** What the server was told may be lost with its past. */
  #enterAnotherPast(): void {
    this.#startAfresh();
    this.onAnotherPast();
  }

  /** What is known does not hold any more, or the server's past is another one now. Drafts and unsent messages are not in the store, so they stay. */
  #startAfresh(): void {
    this.#cursor = null;
    this.#generation = null;
    this.#wanted.clear();
    this.#wantsAfresh = false;
    this.#wantsAll = true;
    this.#forgetLists();
    this.#store.begin(this.#me, 0);
  }

  #forgetLists(): void {
    this.ready.value = false;
    this.lists.forget();
  }

  /** A conversation with loaded messages takes the changes one by one; others take the summary. */
  async #takeView(view: ConversationView): Promise<void> {
    const known = this.#store.conversation(view.conversation.id);
    const gap = view.conversation.revision - (known?.conversation.revision ?? 0);
    const loaded = known !== undefined && known.window !== null;
    if (loaded && gap > 0 && gap <= longGap)
      await this.changes(view.conversation.id, known.conversation.revision);
    this.#store.update((state) => applyView(state, view));
  }

  async #conversation(id: string): Promise<void> {
    try {
      await this.#takeView(await this.#api.conversation(id));
    } catch (error) {
      // Not ours (any more): nothing to show.
      if (!(error instanceof ApiFailure && error.status === 404)) throw error;
    }
  }

  /** Fetches what changed in a conversation since a revision, message by message. */
  async changes(id: string, since: number): Promise<void> {
    const era = this.#era;
    let after = since;
    for (let more = true; more;) {
      const page = await this.#api.changes(id, after);
      if (era !== this.#era) return;
      this.#store.update((state) => applyConversationPage(state, page));
      after = page.through;
      more = page.more;
    }
  }

  async #personal(): Promise<void> {
    const era = this.#era;
    for (let more = true; more;) {
      const page = await this.#api.myChanges(this.#store.state.peek().number);
      if (era !== this.#era) return;
      this.#store.update((state) => {
        const applied = applyPersonalPage(state, page);
        for (const missing of applied.missing) this.want(missing);
        return applied.state;
      });
      for (const change of page.changes)
        if (change.type === "wish.refused") this.#store.refused.value = change.wish;
      more = page.more;
    }
  }

  /** Unloads the messages of a conversation. */
  forget(id: string): void {
    this.#store.update((state) => forgetWindow(state, id));
  }
}
