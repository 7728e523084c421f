import { signal } from "@preact/signals";
import { readPreference, writePreference } from "./preferences.ts";

/** Whether Enter sends; else it begins a line, and Enter with Ctrl or Cmd sends. */
export const enterSends = signal(readPreference("enter") !== "line");

export function chooseEnter(sends: boolean): void {
  enterSends.value = sends;
  writePreference("enter", sends ? null : "line");
}

/** Whether a pressed key sends what is written. */
export function isSending({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (key !== "Enter" || shiftKey || altKey) return false;
  return enterSends.peek() !== (ctrlKey || metaKey);
}
