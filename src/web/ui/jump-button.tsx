import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { DownIcon } from "./icons.tsx";

/** So far below there is no need for a way: a flick of the finger leads there. */
const near = 8;

/** The way to the newest message, with the number of those unread. */
export function JumpButton({ thread, hasAfter }: { thread: Thread; hasAfter: boolean }) {
  const unread = thread.known.value?.membership.unread ?? 0;
  const isNear = thread.below.value < near && unread === 0;
  if (!hasAfter && (thread.atEnd.value || isNear)) return null;
  const label = unread > 0 ? t("log.jumpNew", { count: unread }) : t("log.jump");
  return (
    <button
      type="button"
      class="jump"
      onClick={() => void thread.toLatest()}
      aria-label={label}
      title={label}
    >
      {unread > 0 && <span class="pill">{unread > 999 ? "999+" : unread}</span>}
      <DownIcon />
    </button>
  );
}
