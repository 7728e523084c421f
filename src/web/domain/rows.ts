import type { Window } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { isOver } from "./expiry.ts";
import { isNotice, type NoticeMessage } from "./notice.ts";
import type { Pending } from "./outbox.ts";

/** What stands in the message list, from top to bottom. `key` is stable from the optimistic row to the stored message. */
export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: string }
  /** What happened to a group, one thing after the other. */
  | { kind: "notices"; key: string; notices: NoticeMessage[] }
  | { kind: "message"; key: string; message: Message; joins: boolean; joined: boolean }
  | { kind: "pending"; key: string; pending: Pending; joins: boolean; joined: boolean };

export interface RowsInput {
  me: string;
  window: Window;
  pending: readonly Pending[];
  /** Messages after this position are shown as new; null without a divider. */
  unreadAfter: number | null;
  /** `2026-01-31` of a moment, in the reader's time zone. */
  dayOf: (iso: string) => string;
  /** Milliseconds since 1970: what has had its time by then leaves no row. */
  now: number;
}

const together = 5 * 60 * 1000;
/** A message that took longer than this on its way shows when it was sent. */
const late = 5 * 60 * 1000;

interface Entry {
  key: string;
  authorId: string;
  at: string;
  isLate: boolean;
  row:
    | { kind: "message"; message: Message }
    | { kind: "pending"; pending: Pending }
    | { kind: "notices"; notices: NoticeMessage[] };
}

/** Lays out a loaded run: a line per day, the line above what is new, and messages of one author within 5 minutes as one group. */
export function layRows(input: RowsInput): Row[] {
  const rows: Row[] = [];
  const entries = entriesOf(input);
  let divided = input.unreadAfter === null;
  entries.forEach((entry, index) => {
    const previous = entries[index - 1];
    const day = input.dayOf(entry.at);
    const newDay = previous === undefined || input.dayOf(previous.at) !== day;
    if (newDay) rows.push({ kind: "day", key: `day ${day} ${entry.key}`, at: entry.at });
    const divides = !divided && isNew(entry, input);
    if (divides) rows.push({ kind: "unread", key: "unread" });
    divided ||= divides;
    const joins = !newDay && !divides && previous !== undefined && belongTogether(previous, entry);
    const last = rows.at(-1);
    const { key, row } = entry;
    if (row.kind === "notices") {
      // Many in a row are one line, which opens.
      if (last?.kind === "notices") last.notices.push(...row.notices);
      else rows.push({ ...row, key });
      return;
    }
    if (joins && (last?.kind === "message" || last?.kind === "pending")) last.joined = true;
    rows.push({ ...row, key, joins, joined: false });
  });
  return rows;
}

/** Whether a message arrived so long after it was sent that readers should know. */
export function isLate({ sentAt, receivedAt }: Message): boolean {
  return Date.parse(receivedAt) - Date.parse(sentAt) > late;
}

function entriesOf({ me, window, pending, now }: RowsInput): Entry[] {
  const own = new Set<string>();
  const stored = window.messages.flatMap((message): Entry[] => {
    const { authorId, receivedAt: at } = message;
    // Anybody may have chosen any text as a key: only one's own say something, and never the same as an id.
    const chosen = authorId === me ? message.key : null;
    if (chosen !== null) own.add(chosen);
    const key = chosen === null ? message.id : ownKey(chosen);
    if (isOver(message, now)) return [];
    if (isNotice(message)) {
      return [{ key, authorId, at, isLate: false, row: { kind: "notices", notices: [message] } }];
    }
    return [{ key, authorId, at, isLate: isLate(message), row: { kind: "message", message } }];
  });
  if (window.hasAfter) return stored;
  const unsent = pending
    .filter(({ key }) => !own.has(key))
    .map((item): Entry => {
      const at = item.createdAt;
      return {
        key: ownKey(item.key),
        authorId: me,
        at,
        isLate: false,
        row: { kind: "pending", pending: item },
      };
    });
  return [...stored, ...unsent];
}

function ownKey(key: string): string {
  return `own ${key}`;
}

function isNew({ row }: Entry, { me, unreadAfter }: RowsInput): boolean {
  if (row.kind !== "message" || unreadAfter === null) return false;
  return row.message.position > unreadAfter && row.message.authorId !== me;
}

function belongTogether(a: Entry, b: Entry): boolean {
  return (
    a.row.kind !== "notices" &&
    a.authorId === b.authorId &&
    !a.isLate &&
    !b.isLate &&
    Date.parse(b.at) - Date.parse(a.at) < together
  );
}
