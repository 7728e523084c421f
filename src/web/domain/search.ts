import { batch, signal } from "@preact/signals";
import type { SearchPage, SearchResult } from "#protocol/api.ts";
import { type Api, query, root } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import { meetConversations } from "./meet.ts";

export interface SearchPlatform {
  api: Pick<Api, "request" | "conversationsOf">;
  store: ChatStore;
  /** The time zone of days (IANA). */
  zone: string;
}

/** Results of one page. */
const pageSize = 30;

/** What somebody looks for, and what was found so far, newest first. */
export class Search {
  readonly typed = signal("");
  /** The conversation that it was begun in. */
  readonly place = signal<string | null>(null);
  readonly everywhere = signal(true);
  /** Null until something was looked for. */
  readonly results = signal<readonly SearchResult[] | null>(null);
  /** How many the first page had, and whether there are more: it is said once. */
  readonly first = signal<{ count: number; more: boolean } | null>(null);
  readonly failure = signal<unknown>(null);
  readonly busy = signal(false);
  /** The result that was opened last. */
  opened: string | null = null;
  readonly #platform: SearchPlatform;
  #next: string | null = null;
  #round = 0;

  constructor(platform: SearchPlatform) {
    this.#platform = platform;
  }

  /** Looks in the conversation that it is begun in, or everywhere; what was looked for before stays when nothing else is asked. */
  begin(place: string | null, everywhere: boolean): void {
    if (place === this.place.peek() && everywhere === this.everywhere.peek()) return;
    batch(() => {
      this.place.value = place;
      this.everywhere.value = everywhere;
    });
    void this.look();
  }

  /** Looks for what is typed, from the newest on. */
  async look(): Promise<void> {
    this.#round += 1;
    this.#next = null;
    this.opened = null;
    if (this.typed.peek().trim() === "") {
      batch(() => {
        this.results.value = this.first.value = this.failure.value = null;
        this.busy.value = false;
      });
      return;
    }
    await this.#load(null);
  }

  /** Looks further back, if there is more. */
  async more(): Promise<void> {
    if (this.#next !== null && !this.busy.peek()) await this.#load(this.#next);
  }

  /** The same once more, after a failure. */
  async again(): Promise<void> {
    await (this.#next === null ? this.look() : this.more());
  }

  async #load(before: string | null): Promise<void> {
    const round = this.#round;
    this.busy.value = true;
    try {
      const page = await this.#ask(before);
      if (round === this.#round) this.#take(page, before === null);
    } catch (error) {
      if (round !== this.#round) return;
      batch(() => {
        this.failure.value = error;
        this.busy.value = false;
        if (before === null) this.results.value = this.first.value = null;
      });
    }
  }

  async #ask(before: string | null): Promise<SearchPage> {
    const { api, store, zone } = this.#platform;
    const conversation = this.everywhere.peek() ? null : this.place.peek();
    const asked = { q: this.typed.peek(), conversation, tz: zone, before, limit: pageSize };
    const page = await api.request<SearchPage>("GET", `${root}/search${query(asked)}`);
    // Who wrote them is known from their conversations, which may be beyond the loaded list.
    await meetConversations(
      { api, store },
      new Set(page.results.map(({ message }) => message.conversationId)),
    );
    return page;
  }

  #take({ results, next }: SearchPage, isFirst: boolean): void {
    batch(() => {
      this.#next = next;
      this.results.value = isFirst ? results : [...(this.results.peek() ?? []), ...results];
      if (isFirst) this.first.value = { count: results.length, more: next !== null };
      this.failure.value = null;
      this.busy.value = false;
    });
  }
}
