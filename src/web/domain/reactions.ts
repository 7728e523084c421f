import { signal } from "@preact/signals";
import { applySent } from "#protocol/history.ts";
import type { Message, Reaction } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Sync } from "./sync.ts";

export interface ReactionsPlatform {
  api: Pick<Api, "react" | "unreact">;
  store: ChatStore;
  sync: Pick<Sync, "want">;
}

/** An emoji that can be put under a message; `url` is the picture of a custom one. */
export type EmojiChoice = Pick<Reaction, "emoji" | "url">;

interface Wish extends EmojiChoice {
  messageId: string;
  on: boolean;
  /** The revision of the message from which on the server's word counts; null while it has not answered. */
  until: number | null;
}

/** What is offered first: the same everywhere, so that the hand learns it. */
export const quickEmoji = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;

/** The reactions as their reader sees them: what the server told, and over it what was tapped and not confirmed yet. */
export class Reactions {
  readonly #platform: ReactionsPlatform;
  readonly #wishes = signal<ReadonlyMap<string, Wish>>(new Map());
  readonly #running = new Set<string>();

  constructor(platform: ReactionsPlatform) {
    this.#platform = platform;
  }

  /** The reactions under a message. */
  of(message: Message): readonly Reaction[] {
    const open = [...this.#wishes.value.values()].filter(
      ({ messageId, until }) => messageId === message.id && (until === null || message.revision < until),
    );
    let reactions: readonly Reaction[] = message.reactions;
    for (const wish of open) reactions = this.#granted(reactions, wish);
    return reactions;
  }

  /** Whether the reader has chosen this emoji. */
  isOwn({ personIds }: Reaction): boolean {
    return personIds.includes(this.#platform.store.state.value.me);
  }

  /** Puts an emoji under a message or takes it away, at once for the eye; the last of several taps counts. */
  async toggle(message: Message, choice: EmojiChoice): Promise<void> {
    const key = `${message.id} ${choice.emoji}`;
    const on = !this.of(message).some((one) => one.emoji === choice.emoji && this.isOwn(one));
    this.#wish(key, { ...choice, messageId: message.id, on, until: null });
    if (this.#running.has(key)) return;
    this.#running.add(key);
    try {
      await this.#fulfil(key);
    } catch (error) {
      this.#wish(key, null);
      throw error;
    } finally {
      this.#running.delete(key);
    }
  }

  async #fulfil(key: string): Promise<void> {
    const { api, store, sync } = this.#platform;
    let wish = this.#wishes.peek().get(key);
    while (wish !== undefined && wish.until === null) {
      const { messageId, emoji, on } = wish;
      const sent = await (on ? api.react(messageId, emoji) : api.unreact(messageId, emoji));
      sync.want(store.take((state) => applySent(state, sent)));
      wish = this.#wishes.peek().get(key);
      if (wish?.on === on) this.#wish(key, (wish = { ...wish, until: sent.message.revision }));
    }
  }

  #wish(key: string, wish: Wish | null): void {
    const wishes = new Map(this.#wishes.peek());
    if (wish === null) wishes.delete(key);
    else wishes.set(key, wish);
    this.#wishes.value = wishes;
  }

  #granted(reactions: readonly Reaction[], { emoji, url, on }: Wish): readonly Reaction[] {
    const { me } = this.#platform.store.state.value;
    const found = reactions.find((one) => one.emoji === emoji);
    if (found === undefined) return on ? [...reactions, { emoji, url, personIds: [me] }] : reactions;
    if (found.personIds.includes(me) === on) return reactions;
    const personIds = on ? [...found.personIds, me] : found.personIds.filter((id) => id !== me);
    if (personIds.length === 0) return reactions.filter((one) => one !== found);
    return reactions.map((one) => (one === found ? { ...one, personIds } : one));
  }
}
