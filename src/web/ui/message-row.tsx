import type { Message } from "#protocol/types.ts";
import { useId } from "preact/hooks";
import { isGroup, personOf } from "../domain/people.ts";
import type { Row } from "../domain/rows.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Forwarded } from "./forwarded.tsx";
import type { RowProps } from "./log-row.tsx";
import { MessageBody } from "./message-body.tsx";
import { MessageLabels } from "./message-labels.tsx";
import { MessageMeta, StateWords } from "./message-meta.tsx";
import { MessageTools } from "./message-tools.tsx";
import { useMenuRequest } from "./press.ts";
import { Quote } from "./quote.tsx";
import { nameOf } from "./names.ts";
import { MessageReactions } from "./reactions.tsx";

type MessageRowProps = Omit<RowProps, "row"> & { row: Extract<Row, { kind: "message" }> };

/** A stored message. */
export function MessageRow({ row, thread, actions, isStop, showsState }: MessageRowProps) {
  const { store } = useClient();
  const id = useId();
  const { message } = row;
  const known = thread.known.value;
  const isOwn = message.authorId === store.state.value.me;
  const inGroup = known !== undefined && isGroup(known.conversation);
  const author = known === undefined ? undefined : personOf(known.conversation, message.authorId);
  const name = nameOf(thread.veiled.value ? undefined : author);
  const press = useMenuRequest((source, at) => actions.panel("menu", message, { source, at }));
  const parts = { message, thread, actions };
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
      onKeyDown={(event) => onKey(event, { ...parts, isOwn })}
    >
      {inGroup && !isOwn && author !== undefined && <Avatar person={author} size="small" />}
      <span class="unseen" id={`${id}-author`}>
        {isOwn ? t("message.you") : name}
      </span>
      <div class="bubble" {...press}>
        {inGroup && !isOwn && !row.joins && <bdi class="author">{name}</bdi>}
        {message.forwarded && message.body !== null && <Forwarded />}
        {message.inReplyTo !== null && message.body !== null && (
          <Quote
            id={message.inReplyTo}
            thread={thread}
            {...(author !== undefined && author.host !== null && { below: message.position })}
          />
        )}
        <div id={`${id}-text`}>
          <MessageBody message={message}>
            <MessageMeta {...parts} />
          </MessageBody>
        </div>
      </div>
      <MessageLabels message={message} thread={thread} />
      <MessageTools {...parts} />
      <MessageReactions {...parts} />
      <StateWords {...parts} always={showsState} />
    </article>
  );
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
  const alive = message.body !== null && thread.isAccepted();
  if (opensMenu) actions.panel("menu", message, { source });
  else if (event.key === "+" && alive) actions.panel("react", message, { source });
  else if (event.key === "r" && alive) thread.writing.reply(message);
  else if (event.key === "e" && alive && isOwn) thread.writing.edit(message);
  else if (event.key === "Delete") actions.dialog("delete", message);
  else return;
  event.preventDefault();
}
