import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { apply } from "#protocol/apply.ts";
import type { Change } from "#protocol/changes.ts";
import {
  type Applied,
  type ChatState,
  type ConversationState,
  type Missing,
  nothing,
} from "#protocol/state.ts";
import type { Draft, Membership, Message } from "#protocol/types.ts";
import type { RefusedWish } from "#protocol/wishes.ts";

/** The one place that holds what is known of the server's truth. It changes only by the functions of `protocol`. */
export class ChatStore {
  readonly #state = signal<ChatState>(nothing);
  /** The last message of somebody else that came live. */
  readonly arrival = signal<Message | null>(null);
  /** The last message that a change was about, as it is since then. */
  readonly touched = signal<Message | null>(null);

  /** The last thing that the server which keeps a group did not do as it was asked. */
  readonly refused = signal<RefusedWish | null>(null);

  /** Conversations of the list, newest activity first. */
  readonly accepted = computed(() => this.#listed("accepted"));
  readonly requests = computed(() => this.#listed("request"));

  /** Groups into which one is asked, or asks to be let. */
  readonly invitations = computed(() => Object.values(this.#state.value.invitations));

  get state(): ReadonlySignal<ChatState> {
    return this.#state;
  }

  conversation(id: string): ConversationState | undefined {
    return this.#state.value.conversations[id];
  }

  /**
   * Forgets everything, and begins with this person at this number of theirs. What they chose for themselves is shown on
   * until it is fetched anew.
   */
  begin(me: string, number: number): void {
    const { me: before, preferences, relations, folders } = this.#state.peek();
    const own = me === before ? { preferences, relations, folders } : {};
    this.#state.value = { ...nothing, ...own, me, number };
  }

  /** Applies a live change; answers what must be fetched because it could not be applied. */
  apply(change: Change): Missing | null {
    const before = this.#state.peek();
    const { state, missing } = apply(before, change);
    this.#state.value = state;
    if ("message" in change) this.touched.value = change.message;
    if (change.type === "wish.refused" && state !== before) this.refused.value = change.wish;
    const isNew = change.type === "message.posted" && missing === null && state !== before;
    if (isNew && change.message.notice === null && change.message.authorId !== state.me)
      this.arrival.value = change.message;
    return missing;
  }

  /** Takes over what a pure function of `protocol` makes of the state. */
  update(step: (state: ChatState) => ChatState): void {
    this.#state.value = step(this.#state.peek());
  }

  /**
   * Shows what its person has just chosen for a conversation, until the server says how it is. Whatever the server said
   * since `from` stands.
   */
  patch(from: Membership, shown: Partial<Membership>): void {
    this.update((state) => {
      const known = state.conversations[from.conversationId];
      if (known === undefined || known.membership.number !== from.number) return state;
      const membership = { ...known.membership, ...shown };
      return {
        ...state,
        conversations: { ...state.conversations, [from.conversationId]: { ...known, membership } },
      };
    });
  }

  /** Takes over a draft that the server has just kept (null: thrown away), unless it has told of a later one. */
  keepDraft(conversationId: string, draft: Draft | null): void {
    this.update((state) => {
      const known = state.conversations[conversationId];
      if (known === undefined || (draft?.changedAt ?? "") < (known.draft?.changedAt ?? "")) return state;
      return { ...state, conversations: { ...state.conversations, [conversationId]: { ...known, draft } } };
    });
  }

  /** The same for a function that may also name what is missing. */
  take(step: (state: ChatState) => Applied): Missing | null {
    const { state, missing } = step(this.#state.peek());
    this.#state.value = state;
    return missing;
  }

  #listed(state: "accepted" | "request"): ConversationState[] {
    return Object.values(this.#state.value.conversations)
      .filter(({ membership }) => membership.state === state)
      .toSorted((a, b) => (a.membership.activityAt < b.membership.activityAt ? 1 : -1));
  }
}
