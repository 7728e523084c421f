import { signal } from "@preact/signals";
import type { Message } from "#protocol/types.ts";
import type { Point } from "./floating.tsx";

/** A dialog about a message. */
export type MessageDialogKind = "details" | "delete" | "history" | "reactions" | "forward";
/** What opens beside a message. */
export type MessagePanelKind = "menu" | "react" | "picker";

export interface PanelPlace {
  source: Element;
  at?: Point | null;
}

/** Which menu or dialog about a message is open. */
export type OpenAction =
  | { kind: MessagePanelKind; message: Message; source: Element; at: Point | null }
  | { kind: MessageDialogKind; message: Message };

/** What the rows of a conversation ask its pane to open. */
export class MessageActions {
  readonly open = signal<OpenAction | null>(null);
  /** A message whose chain of replies stands beside the conversation. */
  readonly chain = signal<string | null>(null);

  /** Opens something beside what it is about, or at a point of the window. */
  panel(kind: MessagePanelKind, message: Message, { source, at = null }: PanelPlace): void {
    this.open.value = { kind, message, source, at };
  }

  dialog(kind: MessageDialogKind, message: Message): void {
    this.open.value = { kind, message };
  }

  close(): void {
    this.open.value = null;
  }
}
