import type { ComponentChildren } from "preact";
import { plainOf } from "#lib/markdown.ts";
import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { type Progress, progressIn, progressOfPending } from "../domain/delivery.ts";
import { isOver } from "../domain/expiry.ts";
import { isUnread } from "../domain/lists.ts";
import { peerOf } from "../domain/people.ts";
import type { Pending } from "../domain/outbox.ts";
import { oneLine } from "../domain/text.ts";
import { t } from "../platform/language.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { listTime } from "./format.ts";
import type { Point } from "./floating.tsx";
import { MoreIcon, MutedIcon, PinIcon } from "./icons.tsx";
import { Light } from "./light.tsx";
import { lineOf } from "./lines.ts";
import { titleOf } from "./names.ts";
import { useMenuRequest } from "./press.ts";
import { typingText } from "./typing.ts";
import { useExpiry } from "./use-expiry.ts";

interface ItemProps {
  known: ConversationState;
  /** Its number in the list, how many there are (-1 while that is not known), and where it stands. */
  place: { index: number; count: number; top: string };
  isOpen: boolean;
  isStop: boolean;
  /** Called when somebody asks what can be done with it. */
  onAsk: (source: Element, at: Point | null) => void;
}

/** One conversation in the list: who, the last words, when, and what is unread. */
export function ConversationItem({ known, place, isOpen, isStop, onAsk }: ItemProps) {
  const { store, outbox, relations, server } = useClient();
  const me = store.state.value.me;
  const { conversation, membership } = known;
  const pending = outbox.pending.value.findLast(({ conversationId }) => conversationId === conversation.id);
  const peer = peerOf(conversation, me);
  const isRequest = membership.state === "request";
  const press = useMenuRequest(onAsk, { onLinks: true });
  return (
    <li style={{ insetBlockStart: place.top }} aria-posinset={place.index + 1} aria-setsize={place.count}>
      <a
        class="conversation"
        href={`/c/${conversation.id}`}
        aria-current={isOpen ? "page" : undefined}
        data-id={conversation.id}
        data-unread={isUnread(membership) && !relations.isQuiet(known)}
        tabIndex={isStop ? 0 : -1}
        onKeyDown={(event) => {
          if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return;
          event.preventDefault();
          onAsk(event.currentTarget, null);
        }}
        {...(isRequest ? {} : press)}
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
          {!isRequest && <Preview known={known} me={me} pending={pending} isOpen={isOpen} />}
          <Signs known={known} />
        </span>
      </a>
      {!isRequest && (
        <button
          type="button"
          class="icon-button small conversation-more"
          tabIndex={-1}
          aria-label={t("list.more")}
          title={t("list.more")}
          onClick={(event) => onAsk(event.currentTarget, null)}
        >
          <MoreIcon />
        </button>
      )}
    </li>
  );
}

/** What stands out of a conversation: muted, pinned, somebody named the viewer, how much is unread. */
function Signs({ known }: { known: ConversationState }) {
  const { relations } = useClient();
  const { unread, unreadMentions, markedUnread, pinnedAt } = known.membership;
  const quiet = relations.isQuiet(known);
  const calls = relations.calls(known);
  return (
    <>
      {quiet && <Sign icon={<MutedIcon />} text={t("list.muted")} />}
      {pinnedAt !== null && <Sign icon={<PinIcon />} text={t("list.pinned")} />}
      {unreadMentions > 0 && (
        <span class="pill names-me" data-quiet={quiet && calls === 0}>
          <span aria-hidden="true">@</span>
          <span class="unseen">{t("list.mentions", { count: unreadMentions })}</span>
        </span>
      )}
      {unread > 0 && <Pill count={unread} quiet={quiet} />}
      {unread === 0 && markedUnread && (
        <span class="pill dot" data-quiet={quiet}>
          <span class="unseen">{t("list.markedUnread")}</span>
        </span>
      )}
    </>
  );
}

function Sign({ icon, text }: { icon: ComponentChildren; text: string }) {
  return (
    <span class="muted-sign" title={text}>
      {icon}
      <span class="unseen">{text}</span>
    </span>
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
  isOpen: boolean;
}

function Preview({ known, me, pending, isOpen }: PreviewProps) {
  const { signals } = useClient();
  const draft = oneLine(plainOf(known.draft?.text ?? ""));
  const { lastMessage } = known.membership;
  const now = useExpiry(lastMessage === null ? [] : [lastMessage]);
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
  if (draft !== "" && !isOpen) {
    return (
      <span class="preview">
        <span class="draft-sign">{t("list.draft")}</span> <bdi class="clipped">{draft}</bdi>
      </span>
    );
  }
  if (lastMessage === null) return <span class="preview faint">{t("list.noMessages")}</span>;
  const { body, authorId } = lastMessage;
  const progress = authorId === me ? knownProgress(known, lastMessage) : null;
  return (
    <span class="preview" data-gone={body === null || isOver(lastMessage, now)}>
      {progress !== null && <Light progress={progress} />}
      {authorId === me && <span class="unseen">{t("list.you")}</span>}{" "}
      <bdi class="clipped">{lineOf(lastMessage, now)}</bdi>
    </span>
  );
}

/** The state of a message, where it is known: what other servers said is told with the messages, not with the list. */
function knownProgress(known: ConversationState, message: Message): Progress | null {
  const isLocal = known.conversation.members.every(({ person }) => person.host === null);
  const progress = progressIn(known, message);
  return known.deliveries[message.id] === undefined && !isLocal && progress !== "read" ? null : progress;
}
