import type { Message } from "#protocol/types.ts";
import { useEffect } from "preact/hooks";
import { personOf } from "../domain/people.ts";
import { oneLine } from "../domain/text.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";

/** The message that another one answers, in one or two lines; a click goes there. */
export function Quote({ id, thread }: { id: string; thread: Thread }) {
  const quoted = thread.quoted(id);
  useEffect(() => {
    if (quoted === undefined) void thread.findQuoted(id);
  }, [id, quoted, thread]);
  if (quoted === undefined || quoted === null) {
    return <span class="quote gone">{quoted === null ? t("quote.gone") : t("start.loading")}</span>;
  }
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={() => void thread.jumpTo(quoted)}>
      <bdi class="quote-author">{authorOf(quoted, thread)}</bdi>
      <span class="quote-text" dir="auto">
        {summaryOf(quoted)}
      </span>
    </button>
  );
}

/** The name of who wrote a message, as its conversation knows them. */
export function authorOf(message: Message, thread: Thread): string {
  const conversation = thread.known.value?.conversation;
  const person = conversation && personOf(conversation, message.authorId);
  return person?.name ?? t("message.unknownAuthor");
}

/** A message in one line. */
export function summaryOf({ body }: Message): string {
  if (body === null) return t("message.deleted");
  return "text" in body ? oneLine(body.text) : t("message.opaque");
}
