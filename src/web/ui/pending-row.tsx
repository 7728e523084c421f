import { useId } from "preact/hooks";
import { progressOfPending } from "../domain/delivery.ts";
import type { Row } from "../domain/rows.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { refusalText } from "./refusals.ts";
import { clock } from "./format.ts";
import { RetryIcon, TrashIcon } from "./icons.tsx";
import { Light, progressWord } from "./light.tsx";
import type { RowProps } from "./log-row.tsx";
import { Words } from "./message-body.tsx";
import { Forwarded } from "./forwarded.tsx";
import { Quote } from "./quote.tsx";

type PendingRowProps = Omit<RowProps, "row"> & { row: Extract<Row, { kind: "pending" }> };

/** An own message that the server has not confirmed yet; a refused one says why, and can be tried again or given up. */
export function PendingRow({ row, thread, isStop, showsState }: PendingRowProps) {
  const { store } = useClient();
  const id = useId();
  const { pending } = row;
  const failed = pending.state === "failed";
  const progress = progressOfPending(pending);
  return (
    <article
      class="message"
      aria-labelledby={`${id}-author ${id}-text`}
      tabIndex={isStop ? 0 : -1}
      data-own="true"
      data-pending={pending.state}
      data-joins={row.joins}
      data-joined={row.joined}
    >
      <span class="unseen" id={`${id}-author`}>
        {t("message.you")}
      </span>
      <div class="bubble">
        {pending.forward !== undefined && <Forwarded />}
        {pending.inReplyTo !== null && <Quote id={pending.inReplyTo} thread={thread} />}
        <div id={`${id}-text`}>
          <Words text={pending.text} conversationId={pending.conversationId} authorId={store.state.value.me}>
            <span class="meta">
              <time dateTime={pending.createdAt}>{clock(pending.createdAt)}</time>
              <Light progress={progress} />
            </span>
          </Words>
        </div>
      </div>
      {failed && <Failed messageKey={pending.key} refusal={pending.refusal} />}
      {!failed && showsState && <span class="state-words">{progressWord(progress)}</span>}
    </article>
  );
}

function Failed({ messageKey, refusal }: { messageKey: string; refusal: string | null }) {
  const { outbox } = useClient();
  return (
    <div class="failed" role="group" aria-label={t("progress.failed")}>
      <span class="failed-reason">{refusalText(refusal)}</span>
      <button type="button" class="button small" onClick={() => void outbox.retry(messageKey)}>
        <RetryIcon />
        {t("message.retry")}
      </button>
      <button type="button" class="button small" onClick={() => void outbox.discard(messageKey)}>
        <TrashIcon />
        {t("message.delete")}
      </button>
    </div>
  );
}
