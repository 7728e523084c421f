import { applySent } from "#protocol/history.ts";
import type { Sent } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Outbox } from "./outbox.ts";
import type { Sync } from "./sync.ts";

export interface DeedsPlatform {
  api: Api;
  store: ChatStore;
  sync: Pick<Sync, "want" | "catchUp">;
  outbox: Pick<Outbox, "send">;
}

/** What a reader does to a message that is there: each deed asks the server and takes over its answer. */
export class Deeds {
  readonly #platform: DeedsPlatform;

  constructor(platform: DeedsPlatform) {
    this.#platform = platform;
  }

  /** Answers whether the server that keeps the group is asked instead. */
  async deleteForEveryone({ id }: Message): Promise<boolean> {
    const answer = await this.#platform.api.deleteForEveryone(id);
    const isAsked = "state" in answer;
    if (!isAsked) this.#take(answer);
    return isAsked;
  }

  async deleteForMe({ id }: Message): Promise<void> {
    await this.#platform.api.deleteForMe(id);
    this.#platform.sync.catchUp();
  }

  /** Pins a message for everybody in its conversation, or takes the pin away. */
  async pin({ id }: Message, pinned: boolean): Promise<void> {
    this.#take(await this.#platform.api.pin(id, pinned));
  }

  /** Keeps a message for oneself, or lets go of it. */
  async save({ id }: Message, saved: boolean): Promise<void> {
    await this.#platform.api.save(id, saved);
    this.#platform.sync.catchUp();
  }

  /** Passes the words of a message on to another conversation. */
  async forward({ id, body }: Message, conversationId: string): Promise<void> {
    const text = body !== null && "text" in body ? body.text : "";
    await this.#platform.outbox.send({ conversationId, text, inReplyTo: null, forward: id });
  }

  /** Has the deliveries of an own message tried again at once. */
  async retryDeliveries({ id }: Message): Promise<void> {
    this.#take(await this.#platform.api.retryDeliveries(id));
  }

  /** Gives up what still waits of an own message. */
  async cancelDeliveries({ id }: Message): Promise<void> {
    this.#take(await this.#platform.api.cancelDeliveries(id));
  }

  #take(sent: Sent): void {
    this.#platform.sync.want(this.#platform.store.take((state) => applySent(state, sent)));
  }
}
