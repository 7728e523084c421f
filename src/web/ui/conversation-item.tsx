import { plainOf } from "#lib/markdown.ts";
import type { ConversationState } from "#protocol/state.ts";
import { type Progress, progressOf, progressOfPending } from "../domain/delivery.ts";
import { peerOf } from "../domain/people.ts";
import type { Pending } from "../domain/outbox.ts";
import { oneLine } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { listTime } from "./format.ts";
import { Light } from "./light.tsx";
import { lineOf } from "./quote.tsx";
import { titleOf } from "./names.ts";

interface ItemProps {
  known: ConversationState;
  isOpen: boolean;
  isStop: boolean;
}

/** One conversation in the list: who, the last words, when, and what is unread. */
export function ConversationItem({ known, isOpen, isStop }: ItemProps) {
  const { store, outbox } = useClient();
  const me = store.state.value.me;
  const { conversation, membership } = known;
  const pending = outbox.pending.value.findLast(({ conversationId }) => conversationId === conversation.id);
  const peer = peerOf(conversation, me);
  return (
    <li>
      <a
        class="conversation"
        href={`/c/${conversation.id}`}
        aria-current={isOpen ? "page" : undefined}
        data-unread={membership.unread > 0}
        tabIndex={isStop ? 0 : -1}
      >
        {peer !== undefined && <Avatar person={peer} />}
        <span class="conversation-top">
          <bdi class="clipped conversation-name">{titleOf(conversation, me)}</bdi>
          <time class="conversation-time" dateTime={membership.activityAt}>
            {listTime(membership.activityAt)}
          </time>
        </span>
        <span class="conversation-bottom">
          {membership.state === "request" && peer !== undefined && (
            <bdi class="clipped conversation-host">{peer.address}</bdi>
          )}
          {membership.state !== "request" && <Preview known={known} me={me} pending={pending} />}
          <Unread count={membership.unread} />
        </span>
      </a>
    </li>
  );
}

function Unread({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span class="pill">
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
  const { lastMessage } = known.membership;
  if (pending !== undefined) {
    return (
      <span class="preview">
        <Light progress={progressOfPending(pending)} />{" "}
        <bdi class="clipped">{oneLine(plainOf(pending.text))}</bdi>
      </span>
    );
  }
  if (lastMessage === null) return <span class="preview faint">{t("list.noMessages")}</span>;
  const { body, authorId, id } = lastMessage;
  const progress = authorId === me ? knownProgress(known, id) : null;
  return (
    <span class="preview" data-gone={body === null}>
      {progress !== null && <Light progress={progress} />}
      {authorId === me && <span class="unseen">{t("list.you")}</span>}{" "}
      <bdi class="clipped">{lineOf(lastMessage)}</bdi>
    </span>
  );
}

/** The state of a message, where it is known: what other servers said is told with the messages, not with the list. */
function knownProgress({ conversation, deliveries }: ConversationState, messageId: string): Progress | null {
  const isLocal = conversation.members.every(({ person }) => person.host === null);
  const known = deliveries[messageId];
  return known === undefined && !isLocal ? null : progressOf(known ?? []);
}
