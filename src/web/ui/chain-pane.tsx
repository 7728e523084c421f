import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { useEffect, useState } from "preact/hooks";
import { concerns, depthsOf } from "../domain/chain.ts";
import { personOf } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import "../styles/groups.css";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { clock, fullTime } from "./format.ts";
import { ReplyIcon } from "./icons.tsx";
import { useJump } from "./jump.ts";
import { MessageBody } from "./message-body.tsx";
import { nameOf } from "./names.ts";
import { PaneHeader } from "./pane-header.tsx";
import { moveInList } from "./regions.ts";
import { useUnexpired } from "./use-expiry.ts";
import { useFetched } from "./use-fetched.ts";

interface ChainProps {
  thread: Thread;
  known: ConversationState;
  /** A message of it. */
  id: string;
  /** Whether it lies over the messages. */
  covers: boolean;
  /** Called before its reader is led to one of its messages. */
  onLead: () => void;
  onClose: () => void;
}

const none: readonly Message[] = [];

/** A message and all that answers it, beside the conversation, where they stay as well. */
export function ChainPane({ thread, known, id, covers, onLead, onClose }: ChainProps) {
  const { api, store } = useClient();
  const [news, setNews] = useState(0);
  const { answer, failure } = useFetched(() => api.chain(id), `${id} ${news}`);
  const messages = answer?.messages ?? none;
  const shown = useUnexpired(messages);
  const last = shown.at(-1);
  useEffect(
    () =>
      store.touched.subscribe((changed) => {
        if (changed !== null && concerns(messages, changed)) setNews((before) => before + 1);
      }),
    [store, answer],
  );
  const depths = depthsOf(messages);
  function reply() {
    if (last === undefined) return;
    thread.writing.reply(last);
    if (covers) onClose();
  }
  return (
    <section
      class="details chain"
      aria-label={t("chain.title")}
      data-region
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <PaneHeader title={t("chain.title")} onClose={onClose} />
      <div class="details-body chain-body">
        <Failure text={failure} />
        <ol class="chain-list" onKeyDown={(event) => moveInList(event, ".chain-message")}>
          {shown.map((message) => (
            <ChainMessage
              key={message.id}
              message={message}
              thread={thread}
              known={known}
              depth={depths.get(message.id) ?? 0}
              onLead={onLead}
            />
          ))}
        </ol>
        {messages.length > 0 && shown.length === 0 && <p class="muted small-text">{t("message.expired")}</p>}
        {shown.length === 1 && <p class="muted small-text">{t("chain.alone")}</p>}
      </div>
      {last !== undefined && last.body !== null && thread.isAccepted() && (
        <button type="button" class="button chain-reply" onClick={reply}>
          <ReplyIcon />
          {t("message.reply")}
        </button>
      )}
    </section>
  );
}

interface ChainMessageProps {
  message: Message;
  thread: Thread;
  known: ConversationState;
  depth: number;
  onLead: () => void;
}

function ChainMessage({ message, thread, known, depth, onLead }: ChainMessageProps) {
  const me = useClient().store.state.value.me;
  const jump = useJump(thread);
  const author = personOf(known.conversation, message.authorId);
  function show() {
    onLead();
    jump(message);
  }
  return (
    <li class="chain-item" data-depth={depth}>
      <article
        class="chain-message"
        tabIndex={0}
        title={t("chain.jump")}
        onKeyDown={(event) => event.key === "Enter" && event.target === event.currentTarget && show()}
      >
        <header class="chain-top">
          {author !== undefined && <Avatar person={author} size="small" />}
          <bdi class="clipped chain-author">
            {message.authorId === me ? t("message.you") : nameOf(author)}
          </bdi>
          <button type="button" class="chain-time" title={t("chain.jump")} onClick={show}>
            <time dateTime={message.receivedAt} title={fullTime(message.receivedAt)}>
              {clock(message.receivedAt)}
            </time>
            <span class="unseen">{t("chain.jump")}</span>
          </button>
        </header>
        <MessageBody message={message}>{null}</MessageBody>
      </article>
    </li>
  );
}
