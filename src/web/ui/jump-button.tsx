import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { enumerate } from "./format.ts";
import { DownIcon } from "./icons.tsx";

/** So far below there is no need for a way: a flick of the finger leads there. */
const near = 8;

/** The way to the newest message, with the number of those unread, and of those that name the reader. */
export function JumpButton({ thread, hasAfter }: { thread: Thread; hasAfter: boolean }) {
  const { unread = 0, unreadMentions = 0 } = thread.known.value?.membership ?? {};
  const isNear = thread.below.value < near && unread === 0;
  if (!hasAfter && (thread.atEnd.value || isNear)) return null;
  const way = unread > 0 ? t("log.jumpNew", { count: unread }) : t("log.jump");
  const label = unreadMentions > 0 ? enumerate([way, t("list.mentions", { count: unreadMentions })]) : way;
  return (
    <button
      type="button"
      class="jump"
      onClick={() => void thread.toLatest()}
      aria-label={label}
      title={label}
    >
      <span class="jump-counts" aria-hidden="true">
        {unreadMentions > 0 && <span class="pill">@{atMost(unreadMentions)}</span>}
        {unread > 0 && <span class="pill">{atMost(unread)}</span>}
      </span>
      <DownIcon />
    </button>
  );
}

function atMost(count: number): string {
  return count > 999 ? "999+" : String(count);
}
