import { applySent } from "#protocol/history.ts";
import type { Sent } from "#protocol/api.ts";
import type { Message } from "#protocol/types.ts";
import type { Api } from "../platform/api.ts";
import type { ChatStore } from "./chat-store.ts";
import type { Sync } from "./sync.ts";

export interface DeedsPlatform {
  api: Api;
  store: ChatStore;
  sync: Pick<Sync, "want" | "catchUp">;
}

/** What a reader does to a message that is there: each deed asks the server and takes over its answer. */
export class Deeds {
  readonly #platform: DeedsPlatform;

  constructor(platform: DeedsPlatform) {
    this.#platform = platform;
  }

  async deleteForEveryone({ id }: Message): Promise<void> {
    this.#take(await this.#platform.api.deleteForEveryone(id));
  }

  async deleteForMe({ id }: Message): Promise<void> {
    await this.#platform.api.deleteForMe(id);
    this.#platform.sync.catchUp();
  }

  #take(sent: Sent): void {
    this.#platform.sync.want(this.#platform.store.take((state) => applySent(state, sent)));
  }
}
