import type { Message } from "#protocol/types.ts";
import { useEffect } from "preact/hooks";
import { personOf } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useJump } from "./jump.ts";
import { nameOf } from "./names.ts";
import { Summary } from "./summary.tsx";

interface QuoteProps {
  /** The quoted message. */
  id: string;
  thread: Thread;
  /** Where the answer stands, if its server may have set the parent by itself; a parent right above is then not shown. */
  below?: number;
}

/** The message that another one answers, in one or two lines; a click goes there. */
export function Quote({ id, thread, below }: QuoteProps) {
  const quoted = thread.quoted(id);
  const jump = useJump(thread);
  useEffect(() => {
    if (quoted === undefined) void thread.findQuoted(id);
  }, [id, quoted, thread]);
  if (quoted === null) return below === undefined ? <span class="quote gone">{t("quote.gone")}</span> : null;
  if (quoted === undefined || quoted.position + 1 === below) return null;
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={() => jump(quoted)}>
      <bdi class="quote-author">{authorOf(quoted, thread)}</bdi>
      <span class="quote-text" dir="auto">
        <Summary message={quoted} />
      </span>
    </button>
  );
}

/** The name of who wrote a message, as its conversation knows them. */
export function authorOf(message: Message, thread: Thread): string {
  const conversation = thread.known.value?.conversation;
  const person = conversation && personOf(conversation, message.authorId);
  return nameOf(person);
}
