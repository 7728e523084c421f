import { batch, computed, type ReadonlySignal, signal, type Signal } from "@preact/signals";
import type { ConversationPage } from "#protocol/api.ts";
import { applyView } from "#protocol/apply.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Membership, MembershipState } from "#protocol/types.ts";
import type { Api, ListQuery } from "../platform/api.ts";
import { pauseAfter } from "../platform/http.ts";
import type { ChatStore } from "./chat-store.ts";

/** What can be listed: each is paged by itself. */
export type List = "accepted" | "request" | "left" | "unread" | "archived" | `folder ${string}`;

interface ListState {
  /** Where the next page begins; null at the end, undefined before the first. */
  next: string | null | undefined;
  /** The last conversation of what was loaded: what stands below it may not be complete. */
  last: Membership | null;
}

export interface ListsPlatform {
  api: Pick<Api, "conversations">;
  store: ChatStore;
  later: (milliseconds: number, task: () => void) => void;
}

const nothing: ListState = { next: undefined, last: null };

/** The lists of conversations, as far as they were loaded: pinned ones first, then by activity. */
export class Lists {
  readonly #platform: ListsPlatform;
  readonly #states = new Map<List, Signal<ListState>>();
  readonly #shown = new Map<List, ReadonlySignal<ConversationState[]>>();
  /** Lists whose next page is on its way, or is asked for again in a while. */
  readonly #loading = new Set<List>();
  /** Lists that are loaded to their end. */
  readonly #whole = new Set<List>();
  #era = 0;

  constructor(platform: ListsPlatform) {
    this.#platform = platform;
  }

  /** Whether there is more than was loaded. */
  hasMore(list: List): boolean {
    return this.#state(list).value.next !== null;
  }

  /** The loaded part of a list. */
  shown(list: List): ReadonlySignal<ConversationState[]> {
    const known = this.#shown.get(list);
    if (known !== undefined) return known;
    const state = this.#state(list);
    const shown = computed(() => {
      const { next, last } = state.value;
      const isComplete = ({ membership }: ConversationState) =>
        next === null || last === null || order(membership, last) <= 0;
      return Object.values(this.#platform.store.state.value.conversations)
        .filter((one) => belongs(one.membership, list) && isComplete(one))
        .toSorted((a, b) => order(a.membership, b.membership));
    });
    this.#shown.set(list, shown);
    return shown;
  }

  /** Takes a page over; the first page of a list begins it. */
  take(list: List, { conversations, next }: ConversationPage): void {
    for (const view of conversations) this.#platform.store.update((state) => applyView(state, view));
    const last = conversations.at(-1)?.membership ?? this.#state(list).peek().last;
    this.#state(list).value = { next, last };
  }

  /** Loads the next conversations of a list; a page that does not come is asked for again in a while. */
  async loadMore(list: List): Promise<void> {
    const before = this.#state(list).peek().next;
    if (before === null || this.#loading.has(list)) return;
    const era = this.#era;
    this.#loading.add(list);
    try {
      const page = await this.#platform.api.conversations(queryOf(list), before ?? null);
      if (era !== this.#era) return;
      this.#loading.delete(list);
      batch(() => this.take(list, page));
      if (this.#whole.has(list)) await this.loadMore(list);
    } catch (error) {
      this.#platform.later(pauseAfter(error), () => {
        if (era !== this.#era) return;
        this.#loading.delete(list);
        void this.loadMore(list);
      });
    }
  }

  /** Loads a list to its end, so that what is counted over it counts all. */
  async loadAll(list: List): Promise<void> {
    this.#whole.add(list);
    await this.loadMore(list);
  }

  /** Forgets how far each list was loaded. */
  forget(): void {
    this.#era += 1;
    this.#loading.clear();
    for (const state of this.#states.values()) state.value = nothing;
  }

  #state(list: List): Signal<ListState> {
    const known = this.#states.get(list) ?? signal(nothing);
    this.#states.set(list, known);
    return known;
  }
}

/** Which conversations the server is asked for. */
export function queryOf(list: List): ListQuery {
  if (list === "request" || list === "left") return { state: list };
  const query = { state: "accepted" as const, archived: list === "archived" };
  if (list === "unread") return { ...query, unread: true };
  const folder = folderOf(list);
  return folder === null ? query : { ...query, folder };
}

/** Whether something in a conversation is still to be read, or was marked so. */
export function isUnread({ unread, markedUnread }: Membership): boolean {
  return unread > 0 || markedUnread;
}

const gone: ReadonlySet<MembershipState> = new Set(["left", "removed", "banned"]);

function belongs(membership: Membership, list: List): boolean {
  const { state, archivedAt, folderIds } = membership;
  if (list === "request") return state === "request";
  if (list === "left") return gone.has(state);
  if (state !== "accepted") return false;
  if ((list === "archived") !== (archivedAt !== null)) return false;
  const folder = folderOf(list);
  if (folder !== null) return folderIds.includes(folder);
  return list !== "unread" || isUnread(membership);
}

function folderOf(list: List): string | null {
  return list.startsWith("folder ") ? list.slice("folder ".length) : null;
}

/** Pinned ones first, then the newest activity. */
function order(a: Membership, b: Membership): number {
  const pinned = Number(b.pinnedAt !== null) - Number(a.pinnedAt !== null);
  if (pinned !== 0) return pinned;
  if (a.activityAt !== b.activityAt) return a.activityAt < b.activityAt ? 1 : -1;
  return a.conversationId < b.conversationId ? 1 : a.conversationId > b.conversationId ? -1 : 0;
}
