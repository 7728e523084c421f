import type { ConversationState } from "#protocol/state.ts";
import type { Folder, Membership, Mute } from "#protocol/types.ts";
import type { Api, MembershipChange } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import { placeFolder } from "./folders.ts";
import { isUnread } from "./lists.ts";
import type { Sync } from "./sync.ts";

export interface ArrangingPlatform {
  api: Pick<Api, "changeMembership" | "read" | "readAll" | "createFolder" | "changeFolder" | "deleteFolder">;
  store: ChatStore;
  sync: Pick<Sync, "catchUp">;
  now: () => number;
}

/** How a person keeps their list: shown at once, and taken back where the server refuses. */
export class Arranging {
  readonly #platform: ArrangingPlatform;
  /** Settles when the last move of a folder has. */
  #moved: Promise<void> = Promise.resolve();

  constructor(platform: ArrangingPlatform) {
    this.#platform = platform;
  }

  pin(known: ConversationState, pinned: boolean): Promise<void> {
    return this.#change(known, { pinned }, { pinnedAt: pinned ? this.#now() : null });
  }

  archive(known: ConversationState, archived: boolean): Promise<void> {
    return this.#change(known, { archived }, { archivedAt: archived ? this.#now() : null });
  }

  /** Silences a conversation for so many hours, or for good; `mentions` lets those through that name its person. */
  mute(known: ConversationState, mode: Mute["mode"], hours: number | null = null): Promise<void> {
    const end = hours === null ? null : new Date(this.#platform.now() + hours * 3_600_000);
    const mute = { mode, until: end?.toISOString() ?? null };
    return this.#change(known, { mute }, { mute });
  }

  unmute(known: ConversationState): Promise<void> {
    return this.#change(known, { mute: null }, { mute: null });
  }

  file(known: ConversationState, folderIds: string[]): Promise<void> {
    return this.#change(known, { folderIds }, { folderIds });
  }

  /** Marks a conversation as read to its end, or as one to come back to. */
  mark(known: ConversationState, unread: boolean): Promise<void> {
    if (unread) return this.#change(known, { markedUnread: true }, { markedUnread: true });
    const { id, lastPosition } = known.conversation;
    const shown = { readPosition: lastPosition, unread: 0, unreadMentions: 0, markedUnread: false };
    return this.#show(known, shown, () => this.#platform.api.read(id, lastPosition));
  }

  /** Reads everything, everywhere. */
  async readAll(): Promise<void> {
    await this.#platform.api.readAll();
    this.#platform.sync.catchUp();
  }

  /** Ends the mark of a conversation that is opened. */
  async opened(known: ConversationState): Promise<void> {
    if (known.membership.markedUnread && isUnread(known.membership)) await this.mark(known, false);
  }

  async createFolder(name: string): Promise<Folder> {
    const folder = await this.#platform.api.createFolder(name);
    this.#platform.sync.catchUp();
    return folder;
  }

  async changeFolder(id: string, change: { name?: string; rank?: number }): Promise<void> {
    await this.#platform.api.changeFolder(id, change);
    this.#platform.sync.catchUp();
  }

  /** Puts a folder at a place among the others, from 0; one move after the other. */
  moveFolder(id: string, rank: number): Promise<void> {
    const { store } = this.#platform;
    const before = store.state.peek().folders;
    const shown = placeFolder(before, id, rank);
    store.update((state) => ({ ...state, folders: shown }));
    const move = this.#moved.then(() => this.changeFolder(id, { rank }));
    this.#moved = move.catch(() => {
      // What was shown or told meanwhile stands.
      store.update((state) => (state.folders === shown ? { ...state, folders: before } : state));
    });
    return move;
  }

  async deleteFolder(id: string): Promise<void> {
    await this.#platform.api.deleteFolder(id);
    this.#platform.sync.catchUp();
  }

  #change(known: ConversationState, change: MembershipChange, shown: Partial<Membership>): Promise<void> {
    const { id } = known.conversation;
    return this.#show(known, shown, () => this.#platform.api.changeMembership(id, change));
  }

  async #show(
    { membership }: ConversationState,
    shown: Partial<Membership>,
    ask: () => Promise<unknown>,
  ): Promise<void> {
    const { store, sync } = this.#platform;
    store.patch(membership, shown);
    try {
      await ask();
      sync.catchUp();
    } catch (error) {
      // What the server said meanwhile stands.
      store.patch(membership, membership);
      throw error;
    }
  }

  #now(): string {
    return new Date(this.#platform.now()).toISOString();
  }
}
