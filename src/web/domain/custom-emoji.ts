import type { Api } from "../platform/api.ts";
import type { Offered } from "./emoji.ts";

/** The pictures that this server offers beside the emoji of Unicode. */
export class CustomEmoji {
  readonly #api: Pick<Api, "customEmoji">;
  #loading: Promise<readonly Offered[]> | null = null;

  constructor(api: Pick<Api, "customEmoji">) {
    this.#api = api;
  }

  /** Loads them once; where that fails there are none for now, and the next one who asks tries again. */
  load(): Promise<readonly Offered[]> {
    this.#loading ??= this.#load().catch(() => {
      this.#loading = null;
      return [];
    });
    return this.#loading;
  }

  async #load(): Promise<readonly Offered[]> {
    const { emoji } = await this.#api.customEmoji();
    return emoji.map(({ shortcode, url }) => {
      const name = shortcode.replaceAll("_", " ");
      return { emoji: `:${shortcode}:`, url, name, words: shortcode };
    });
  }
}
