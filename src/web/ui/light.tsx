import type { Progress } from "../domain/delivery.ts";
import { t, type TextId } from "../platform/language.ts";

const words: Record<Progress, TextId> = {
  queued: "progress.queued",
  sending: "progress.sending",
  failed: "progress.failed",
  sent: "progress.sent",
  waiting: "progress.waiting",
  accepted: "progress.accepted",
  refused: "progress.refused",
  "gave-up": "progress.gaveUp",
  read: "progress.read",
};

/** How far a message has come, as one word or two. */
export function progressWord(progress: Progress): string {
  return t(words[progress]);
}

/** The small light of an own message, with its words for those who do not see it. */
export function Light({ progress }: { progress: Progress }) {
  return (
    <span class="light" data-progress={progress} title={progressWord(progress)}>
      <span class="unseen">{progressWord(progress)}</span>
    </span>
  );
}
