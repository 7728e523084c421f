import { useState } from "preact/hooks";
import type { Row } from "../domain/rows.ts";
import type { Thread } from "../domain/thread.ts";
import { useClient } from "./context.ts";
import { clock, fullTime } from "./format.ts";
import { digestText, noticeText } from "./notice-text.ts";

interface NoticeRowProps {
  row: Extract<Row, { kind: "notices" }>;
  thread: Thread;
}

/** What happened to a group, in one quiet line; of many in a row the line opens. */
export function NoticeRow({ row: { notices }, thread }: NoticeRowProps) {
  const me = useClient().store.state.value.me;
  const [open, setOpen] = useState(false);
  const conversation = thread.known.value?.conversation;
  const [first] = notices;
  if (conversation === undefined || first === undefined) return null;
  const reader = { conversation, me };
  const text = digestText(notices, reader);
  if (notices.length === 1) {
    return (
      <p class="notices" data-id={first.id} title={fullTime(first.receivedAt)}>
        <bdi>{text}</bdi>
      </p>
    );
  }
  return (
    <div class="notices" data-id={first.id}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <bdi>{text}</bdi>
      </button>
      {open && (
        <ul>
          {notices.map((message) => (
            <li key={message.id}>
              <bdi>{noticeText(message, reader)}</bdi>{" "}
              <time dateTime={message.receivedAt} title={fullTime(message.receivedAt)}>
                {clock(message.receivedAt)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
