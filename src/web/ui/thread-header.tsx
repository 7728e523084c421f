import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import { useLocation } from "preact-iso";
import { searchPath } from "../domain/links.ts";
import { isGroup, peerOf } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { BackIcon, FindIcon, InfoIcon } from "./icons.tsx";
import { titleOf } from "./names.ts";
import { presenceWord } from "./presence-light.tsx";
import { TimerSign } from "./timer-sign.tsx";
import { typingText } from "./typing.ts";

interface HeaderProps {
  thread: Thread;
  known: ConversationState | undefined;
  detailsOpen: boolean;
  onDetails: () => void;
}

/** Who one writes with, and what they are doing. */
export function ThreadHeader({ thread, known, detailsOpen, onDetails }: HeaderProps) {
  const me = useClient().store.state.value.me;
  const peer = known === undefined ? undefined : peerOf(known.conversation, me);
  const veiled = thread.veiled.value;
  const isRequest = known?.membership.state === "request";
  return (
    <header class="bar thread-bar">
      <BackButton />
      {known !== undefined && (
        <ConversationAvatar conversation={known.conversation} me={me} size="small" veiled={veiled} mute />
      )}
      <div class="thread-who">
        <h1 class="bar-title">
          <bdi class="clipped">
            {known !== undefined &&
              peer !== undefined &&
              (veiled ? peer.address : titleOf(known.conversation, me))}
          </bdi>
        </h1>
        {known !== undefined && peer !== undefined && (
          <div class="thread-line">
            <TimerSign expireAfter={known.conversation.expireAfter} />
            <Subtitle known={known} peer={peer} veiled={veiled} />
          </div>
        )}
      </div>
      {!isRequest && (
        <a
          class="icon-button"
          href={searchPath(thread.id)}
          aria-label={t("search.title")}
          aria-keyshortcuts="Control+F Meta+F"
          title={t("search.title")}
        >
          <FindIcon />
        </a>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={t("details.title")}
        title={t("details.title")}
        aria-expanded={detailsOpen}
        onClick={onDetails}
      >
        <InfoIcon />
      </button>
    </header>
  );
}

interface SubtitleProps {
  known: ConversationState;
  peer: Person;
  veiled: boolean;
}

/** Under the title, always one line: who is writing, else whether they are there and their address, or how many there are. */
function Subtitle({ known, peer, veiled }: SubtitleProps) {
  const { signals, server } = useClient();
  const { conversation } = known;
  const typing = typingText(conversation, signals.typingIn(conversation.id).value);
  if (typing !== null) return <span class="clipped thread-address typing">{typing}</span>;
  if (isGroup(conversation)) {
    return (
      <span class="clipped thread-address">{t("thread.people", { count: conversation.members.length })}</span>
    );
  }
  if (veiled) {
    const host = peer.host ?? server.value?.host ?? location.host;
    return <span class="clipped thread-address">{t("request.from", { host })}</span>;
  }
  return <DirectSubtitle peer={peer} />;
}

function DirectSubtitle({ peer }: { peer: Person }) {
  const presence = useClient().signals.people.value[peer.id];
  const state = presence?.state ?? "offline";
  const status = presence?.status ?? null;
  return (
    <span class="clipped thread-address">
      {state !== "offline" && <span class="presence-word">{presenceWord(state)} · </span>}
      {status !== null && <bdi>{status.text} · </bdi>}
      <bdi>{peer.address}</bdi>
      {peer.formerly !== null && ` · ${t("person.formerly", { address: peer.formerly })}`}
    </span>
  );
}

/** Back to the list or another page, through the browser's history where we came from there. */
export function BackButton({ to = "/" }: { to?: string }) {
  const { route, back } = useLocation();
  return (
    <button
      type="button"
      class="icon-button narrow-only"
      aria-label={t("nav.back")}
      title={t("nav.back")}
      onClick={() => (history.length > 1 && document.referrer === "" ? back() : route(to))}
    >
      <BackIcon />
    </button>
  );
}
