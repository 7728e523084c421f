import { computed, effect, signal } from "@preact/signals";
import type { ConversationState } from "#protocol/state.ts";
import type { Mute, Relation } from "#protocol/types.ts";
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
  /** Unread messages that call for attention: those of muted people and conversations do not, nor what is put away. */
  readonly unread = computed(() =>
    this.#platform.store.accepted.value
      .filter(({ membership }) => membership.archivedAt === null)
      .reduce((sum, known) => sum + this.calls(known), 0),
  );
  readonly #platform: RelationsPlatform;
  /** Moves on whenever a mute has ended. */
  readonly #now = signal(0);

  constructor(platform: RelationsPlatform) {
    this.#platform = platform;
    this.#now.value = platform.now();
    effect(() => {
      const people = this.all.map(({ mutedUntil }) => mutedUntil);
      const conversations = this.#platform.store.accepted.value.map(
        ({ membership }) => membership.mute?.until,
      );
      let next = Infinity;
      for (const until of [...people, ...conversations]) {
        const end = until ? Date.parse(until) : 0;
        if (end > this.#now.value && end < next) next = end;
      }
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

  /** How a conversation is muted at this moment, if it is. */
  muteOf({ membership: { mute } }: ConversationState): Mute["mode"] | null {
    if (mute === null || (mute.until !== null && Date.parse(mute.until) <= this.#now.value)) return null;
    return mute.mode;
  }

  /** How many unread messages of a conversation call for attention. */
  calls(known: ConversationState): number {
    const mode = this.muteOf(known);
    if (mode === "mentions") return known.membership.unreadMentions;
    return mode === "all" || this.#areSilent(known) ? 0 : known.membership.unread;
  }

  /** Whether a conversation is muted, or all the others in it are silenced. */
  isQuiet(known: ConversationState): boolean {
    return this.muteOf(known) !== null || this.#areSilent(known);
  }

  #areSilent({ conversation }: ConversationState): boolean {
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
