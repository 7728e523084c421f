import type { SessionNews } from "./session.ts";

/** What tabs tell each other, beside what comes over their connection. */
export type News =
  | SessionNews
  /** What is stored of the unsent messages has changed. */
  | { kind: "outbox" };

type Word = News | { kind: "speaks" } | { kind: "silent" };

/** The other tabs of this browser; and which of them speaks, so that nothing is announced twice. */
export class Tabs {
  onNews: (news: News) => void = () => {};
  readonly #channel = new BroadcastChannel("luciole.tabs");
  #speaks = true;

  constructor() {
    this.#channel.onmessage = ({ data }) => this.#hear(data as Word);
    addEventListener("focus", () => this.#speak());
    addEventListener("pagehide", () => this.#speaks && this.#post({ kind: "silent" }));
    if (document.hasFocus()) this.#speak();
  }

  /** Whether this tab is the one that had the attention last. */
  get speaks(): boolean {
    return this.#speaks;
  }

  tell(news: News): void {
    this.#post(news);
  }

  #speak(): void {
    this.#speaks = true;
    this.#post({ kind: "speaks" });
  }

  #hear(word: Word): void {
    if (word.kind === "speaks") this.#speaks = false;
    else if (word.kind === "silent") this.#speaks = true;
    else this.onNews(word);
  }

  #post(word: Word): void {
    this.#channel.postMessage(word);
  }
}
