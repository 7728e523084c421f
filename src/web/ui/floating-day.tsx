import type { ReadonlySignal } from "@preact/signals";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { dayTitle } from "./format.ts";

/** The day that is read, above the messages for a while after they were moved. */
export function FloatingDay({ day, thread }: { day: ReadonlySignal<string | null>; thread: Thread }) {
  if (day.value === null) return null;
  return (
    <button
      type="button"
      class="floating-day"
      tabIndex={-1}
      title={t("date.title")}
      onClick={() => (thread.asksDate.value = true)}
    >
      {dayTitle(day.value)}
    </button>
  );
}
