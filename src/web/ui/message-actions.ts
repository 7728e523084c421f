import { signal } from "@preact/signals";
import type { Message } from "#protocol/types.ts";
import type { Point } from "./floating.tsx";

/** A dialog about a message. */
export type MessageDialogKind = "details" | "delete";
/** What opens beside a message. */
export type MessagePanelKind = "menu";

/** Which menu or dialog about a message is open. */
export type OpenAction =
  | { kind: MessagePanelKind; message: Message; source: Element; at: Point | null }
  | { kind: MessageDialogKind; message: Message };

/** What the rows of a conversation ask its pane to open. */
export class MessageActions {
  readonly open = signal<OpenAction | null>(null);

  /** Opens the menu beside what it is about, or at a point of the window. */
  menu(message: Message, source: Element, at: Point | null): void {
    this.open.value = { kind: "menu", message, source, at };
  }

  dialog(kind: MessageDialogKind, message: Message): void {
    this.open.value = { kind, message };
  }

  close(): void {
    this.open.value = null;
  }
}
