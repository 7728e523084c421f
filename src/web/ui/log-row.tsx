import type { Row } from "../domain/rows.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { dayTitle } from "./format.ts";
import type { MessageActions } from "./message-actions.ts";
import { MessageRow } from "./message-row.tsx";
import { NoticeRow } from "./notice-row.tsx";
import { PendingRow } from "./pending-row.tsx";

export interface RowProps {
  row: Row;
  thread: Thread;
  actions: MessageActions;
  /** Whether the list's one tab stop is here. */
  isStop: boolean;
  /** Whether the state is said in words below: at the newest own message. */
  showsState: boolean;
}

/** One row of the list of messages. */
export function LogRow({ row, ...props }: RowProps) {
  if (row.kind === "day") {
    return (
      <h2 class="day">
        <button
          type="button"
          tabIndex={-1}
          title={t("date.title")}
          onClick={() => (props.thread.asksDate.value = true)}
        >
          <time dateTime={row.at}>{dayTitle(row.at)}</time>
        </button>
      </h2>
    );
  }
  if (row.kind === "unread") {
    return (
      <div class="unread-line" role="separator">
        <span>{t("log.new")}</span>
      </div>
    );
  }
  if (row.kind === "notices") return <NoticeRow row={row} thread={props.thread} />;
  return row.kind === "message" ? <MessageRow row={row} {...props} /> : <PendingRow row={row} {...props} />;
}
