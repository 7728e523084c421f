import type { Message } from "#protocol/types.ts";
import { useId } from "preact/hooks";
import { hostsAt, type Progress, progressOf } from "../domain/delivery.ts";
import { isGroup, personOf } from "../domain/people.ts";
import { isLate, type Row } from "../domain/rows.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { clock, enumerate, fullTime, momentBeside } from "./format.ts";
import { MoreIcon, ReplyIcon } from "./icons.tsx";
import { Light, progressWord } from "./light.tsx";
import type { RowProps } from "./log-row.tsx";
import { MessageBody } from "./message-body.tsx";
import { Quote } from "./quote.tsx";

/** States that are said in words wherever the message stands. */
const needsWords: ReadonlySet<Progress> = new Set(["waiting", "refused", "gave-up"]);

type MessageRowProps = Omit<RowProps, "row"> & { row: Extract<Row, { kind: "message" }> };

/** A stored message. */
export function MessageRow({ row, thread, actions, isStop, showsState }: MessageRowProps) {
  const { store } = useClient();
  const id = useId();
  const { message } = row;
  const me = store.state.value.me;
  const known = thread.known.value;
  const isOwn = message.authorId === me;
  const inGroup = known !== undefined && isGroup(known.conversation);
  const author = known === undefined ? undefined : personOf(known.conversation, message.authorId);
  const deliveries = known?.deliveries[message.id] ?? [];
  const progress = progressOf(deliveries);
  const name = author?.name ?? t("message.unknownAuthor");
  return (
    <article
      class="message"
      aria-labelledby={`${id}-author ${id}-text`}
      tabIndex={isStop ? 0 : -1}
      data-id={message.id}
      data-position={message.position}
      data-own={isOwn}
      data-joins={row.joins}
      data-joined={row.joined}
      data-highlighted={thread.highlighted.value === message.id}
      onKeyDown={(event) => onKey(event, { message, isOwn, thread, actions })}
    >
      {inGroup && !isOwn && author !== undefined && <Avatar person={author} size="small" />}
      <span class="unseen" id={`${id}-author`}>
        {isOwn ? t("message.you") : name}
      </span>
      <div class="bubble" onClick={(event) => onTap(event, () => actions.menu(message, event.currentTarget))}>
        {inGroup && !isOwn && !row.joins && <bdi class="author">{name}</bdi>}
        {message.inReplyTo !== null && message.body !== null && (
          <Quote
            id={message.inReplyTo}
            thread={thread}
            {...(author !== undefined && author.host !== null && { below: message.position })}
          />
        )}
        <div id={`${id}-text`}>
          <MessageBody message={message}>
            <Meta
              message={message}
              progress={isOwn ? progress : null}
              onOpen={() => actions.details(message)}
            />
          </MessageBody>
        </div>
      </div>
      {message.body !== null && <Tools message={message} thread={thread} actions={actions} />}
      {isOwn && (showsState || needsWords.has(progress)) && message.body !== null && (
        <button type="button" class="state-words" tabIndex={-1} onClick={() => actions.details(message)}>
          {stateWords(progress, hostsAt(deliveries, progress))}
        </button>
      )}
    </article>
  );
}

function stateWords(progress: Progress, hosts: string[]): string {
  const list = enumerate(hosts);
  if (progress === "accepted") return t("state.accepted", { hosts: list });
  if (progress === "waiting") return t("state.waiting", { hosts: list });
  if (progress === "refused") return t("state.refused", { hosts: list });
  if (progress === "gave-up") return t("state.gaveUp", { hosts: list });
  return progressWord(progress);
}

interface MetaProps {
  message: Message;
  progress: Progress | null;
  onOpen: () => void;
}

function Meta({ message, progress, onOpen }: MetaProps) {
  const { sentAt, receivedAt } = message;
  return (
    <button type="button" class="meta" tabIndex={-1} onClick={onOpen} title={fullTime(receivedAt)}>
      {message.editedAt !== null && message.body !== null && <span>{t("message.edited")}</span>}
      {isLate(message) && <span>{t("message.late", { time: momentBeside(sentAt, receivedAt) })}</span>}
      <time dateTime={receivedAt}>{clock(receivedAt)}</time>
      {progress !== null && <Light progress={progress} />}
    </button>
  );
}

function Tools({ message, thread, actions }: Pick<RowProps, "thread" | "actions"> & { message: Message }) {
  return (
    <div class="tools">
      <button
        type="button"
        class="icon-button small"
        tabIndex={-1}
        aria-label={t("message.reply")}
        title={t("message.reply")}
        onClick={() => thread.reply(message)}
      >
        <ReplyIcon />
      </button>
      <button
        type="button"
        class="icon-button small"
        tabIndex={-1}
        aria-label={t("message.more")}
        title={t("message.more")}
        aria-haspopup="menu"
        onClick={(event) => actions.menu(message, event.currentTarget)}
      >
        <MoreIcon />
      </button>
    </div>
  );
}

/** Where there is no hover, a tap on the bubble opens its menu. */
function onTap(event: MouseEvent, open: () => void): void {
  const { target } = event;
  if (matchMedia("(hover: hover)").matches || !(target instanceof Element)) return;
  if (target.closest("a, button") === null && getSelection()?.isCollapsed !== false) open();
}

interface KeyTarget extends Pick<RowProps, "thread" | "actions"> {
  message: Message;
  isOwn: boolean;
}

function onKey(event: KeyboardEvent, { message, isOwn, thread, actions }: KeyTarget): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const source = event.currentTarget as HTMLElement;
  const opensMenu =
    event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
  const alive = message.body !== null;
  if (opensMenu) actions.menu(message, source);
  else if (event.key === "r" && alive) thread.reply(message);
  else if (event.key === "e" && alive && isOwn) thread.edit(message);
  else if (event.key === "Delete") actions.delete(message);
  else return;
  event.preventDefault();
}
