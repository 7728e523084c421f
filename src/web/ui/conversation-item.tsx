import { plainOf } from "#lib/markdown.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { type Progress, progressIn, progressOfPending } from "../domain/delivery.ts";
import { peerOf } from "../domain/people.ts";
import type { Pending } from "../domain/outbox.ts";
import { oneLine } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { listTime } from "./format.ts";
import { MutedIcon } from "./icons.tsx";
import { Light } from "./light.tsx";
import { lineOf } from "./quote.tsx";
import { titleOf } from "./names.ts";
import { typingText } from "./typing.ts";

interface ItemProps {
  known: ConversationState;
  isOpen: boolean;
  isStop: boolean;
}

/** One conversation in the list: who, the last words, when, and what is unread. */
export function ConversationItem({ known, isOpen, isStop }: ItemProps) {
  const { store, outbox, relations, server } = useClient();
  const me = store.state.value.me;
  const { conversation, membership } = known;
  const pending = outbox.pending.value.findLast(({ conversationId }) => conversationId === conversation.id);
  const peer = peerOf(conversation, me);
  const isRequest = membership.state === "request";
  const isQuiet = relations.isQuiet(known);
  return (
    <li>
      <a
        class="conversation"
        href={`/c/${conversation.id}`}
        aria-current={isOpen ? "page" : undefined}
        data-unread={membership.unread > 0 && !isQuiet}
        tabIndex={isStop ? 0 : -1}
      >
        <ConversationAvatar conversation={conversation} me={me} veiled={isRequest} />
        <span class="conversation-top">
          <bdi class="clipped conversation-name">
            {isRequest && peer !== undefined ? peer.address : titleOf(conversation, me)}
          </bdi>
          <time class="conversation-time" dateTime={membership.activityAt}>
            {listTime(membership.activityAt)}
          </time>
        </span>
        <span class="conversation-bottom">
          {isRequest && peer !== undefined && (
            <span class="clipped conversation-host">
              {t("request.from", { host: peer.host ?? server.value?.host ?? location.host })}
            </span>
          )}
          {!isRequest && <Preview known={known} me={me} pending={pending} />}
          <Unread count={membership.unread} quiet={isQuiet} />
        </span>
      </a>
    </li>
  );
}

function Unread({ count, quiet }: { count: number; quiet: boolean }) {
  if (count === 0 && !quiet) return null;
  return (
    <>
      {quiet && (
        <span class="muted-sign" title={t("list.muted")}>
          <MutedIcon />
          <span class="unseen">{t("list.muted")}</span>
        </span>
      )}
      {count > 0 && <Pill count={count} quiet={quiet} />}
    </>
  );
}

function Pill({ count, quiet }: { count: number; quiet: boolean }) {
  return (
    <span class="pill" data-quiet={quiet}>
      <span aria-hidden="true">{count > 999 ? "999+" : count}</span>
      <span class="unseen">{t("list.unread", { count })}</span>
    </span>
  );
}

interface PreviewProps {
  known: ConversationState;
  me: string;
  pending: Pending | undefined;
}

function Preview({ known, me, pending }: PreviewProps) {
  const { signals } = useClient();
  const { lastMessage } = known.membership;
  const typing = typingText(known.conversation, signals.typingIn(known.conversation.id).value);
  if (typing !== null) return <span class="preview typing">{typing}</span>;
  if (pending !== undefined) {
    return (
      <span class="preview">
        <Light progress={progressOfPending(pending)} />{" "}
        <bdi class="clipped">{oneLine(plainOf(pending.text))}</bdi>
      </span>
    );
  }
  if (lastMessage === null) return <span class="preview faint">{t("list.noMessages")}</span>;
  const { body, authorId } = lastMessage;
  const progress = authorId === me ? knownProgress(known, lastMessage) : null;
  return (
    <span class="preview" data-gone={body === null}>
      {progress !== null && <Light progress={progress} />}
      {authorId === me && <span class="unseen">{t("list.you")}</span>}{" "}
      <bdi class="clipped">{lineOf(lastMessage)}</bdi>
    </span>
  );
}

/** The state of a message, where it is known: what other servers said is told with the messages, not with the list. */
function knownProgress(known: ConversationState, message: Message): Progress | null {
  const isLocal = known.conversation.members.every(({ person }) => person.host === null);
  const progress = progressIn(known, message);
  return known.deliveries[message.id] === undefined && !isLocal && progress !== "read" ? null : progress;
}
