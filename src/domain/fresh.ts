import type { MessageRow } from "#db/messages.ts";
import type { ShownMessage } from "#db/sight.ts";
import type { DomainEvent } from "./events.ts";

/** Beside an event, in the process where it happened, what was written with it: other processes are told ids only. */
const written = new WeakMap<object, ShownMessage>();

/** Lets this process show a new message without reading it again. */
export function keepWritten(event: DomainEvent, row: MessageRow): void {
  written.set(event, { ...row, reactions: [] });
}

/** The message that was posted with this event in this process; undefined where it must be read. */
export function findWritten(event: object): ShownMessage | undefined {
  return written.get(event);
}
