import { signal } from "@preact/signals";
import type { Message } from "#protocol/types.ts";

/** Which menu or dialog about a message is open. */
export type OpenAction =
  | { kind: "menu"; message: Message; source: HTMLElement }
  | { kind: "details"; message: Message }
  | { kind: "delete"; message: Message };

/** What the rows of a conversation ask its pane to open. */
export class MessageActions {
  readonly open = signal<OpenAction | null>(null);

  menu(message: Message, source: HTMLElement): void {
    this.open.value = { kind: "menu", message, source };
  }

  details(message: Message): void {
    this.open.value = { kind: "details", message };
  }

  delete(message: Message): void {
    this.open.value = { kind: "delete", message };
  }

  close(): void {
    this.open.value = null;
  }
}
