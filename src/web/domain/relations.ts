import { computed, effect, signal } from "@preact/signals";
import type { ConversationState } from "#protocol/state.ts";
import type { Relation } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import { othersOf } from "./people.ts";
import type { Sync } from "./sync.ts";
import { waitFor } from "./wait.ts";

export interface RelationsPlatform {
  api: Pick<Api, "block" | "unblock" | "mute" | "unmute">;
  store: ChatStore;
  sync: Pick<Sync, "catchUp">;
  now: () => number;
  after: (milliseconds: number, task: () => void) => () => void;
}

/** How the viewer stands to others: whom they block, and whom they mute at this moment. */
export class Relations {
  /** Unread messages that call for attention: those of muted people do not. */
  readonly unread = computed(() =>
    this.#platform.store.accepted.value
      .filter((known) => !this.isQuiet(known))
      .reduce((sum, { membership }) => sum + membership.unread, 0),
  );
  readonly #platform: RelationsPlatform;
  /** Moves on whenever a mute has ended. */
  readonly #now = signal(0);

  constructor(platform: RelationsPlatform) {
    this.#platform = platform;
    this.#now.value = platform.now();
    effect(() => {
      const ends = this.all.flatMap(({ mutedUntil }) => (mutedUntil === null ? [] : Date.parse(mutedUntil)));
      const next = Math.min(...ends.filter((end) => end > this.#now.value));
      if (next === Infinity) return;
      return platform.after(waitFor(next, platform.now()), () => (this.#now.value = platform.now()));
    });
  }

  /** Everybody to whom there is a relation. */
  get all(): Relation[] {
    return Object.values(this.#platform.store.state.value.relations);
  }

  of(personId: string): Relation | undefined {
    return this.#platform.store.state.value.relations[personId];
  }

  blocks(personId: string): boolean {
    return (this.of(personId)?.block ?? null) !== null;
  }

  mutes(personId: string): boolean {
    const relation = this.of(personId);
    if (relation?.muted !== true) return false;
    return relation.mutedUntil === null || Date.parse(relation.mutedUntil) > this.#now.value;
  }

  /** Whether what comes from somebody is not announced. */
  silences(personId: string): boolean {
    return this.mutes(personId) || this.blocks(personId);
  }

  /** Whether nobody in a conversation calls for attention. */
  isQuiet({ conversation }: ConversationState): boolean {
    const others = othersOf(conversation, this.#platform.store.state.value.me);
    return others.length > 0 && others.every(({ id }) => this.silences(id));
  }

  async block(personId: string, kind: "open" | "silent"): Promise<void> {
    await this.#platform.api.block(personId, kind);
    this.#platform.sync.catchUp();
  }

  async unblock(personId: string): Promise<void> {
    await this.#platform.api.unblock(personId);
    this.#platform.sync.catchUp();
  }

  /** Mutes somebody for so many hours; null for good. */
  async mute(personId: string, hours: number | null): Promise<void> {
    const until = hours === null ? null : new Date(this.#platform.now() + hours * 3_600_000).toISOString();
    await this.#platform.api.mute(personId, until);
    this.#platform.sync.catchUp();
  }

  async unmute(personId: string): Promise<void> {
    await this.#platform.api.unmute(personId);
    this.#platform.sync.catchUp();
  }
}
