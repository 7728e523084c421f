import type { ConversationState } from "#protocol/state.ts";
import type { Conversation, Person } from "#protocol/types.ts";
import { useLocation } from "preact-iso";
import { isGroup, peerOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { BackIcon, InfoIcon } from "./icons.tsx";
import { titleOf } from "./names.ts";

interface HeaderProps {
  known: ConversationState | undefined;
  detailsOpen: boolean;
  onDetails: () => void;
}

/** Who one writes with. */
export function ThreadHeader({ known, detailsOpen, onDetails }: HeaderProps) {
  const me = useClient().store.state.value.me;
  const peer = known === undefined ? undefined : peerOf(known.conversation, me);
  return (
    <header class="bar thread-bar">
      <BackButton />
      {peer !== undefined && <Avatar person={peer} size="small" />}
      <div class="thread-who">
        <h1 class="bar-title">
          <bdi class="clipped">{known === undefined ? "" : titleOf(known.conversation, me)}</bdi>
        </h1>
        {known !== undefined && peer !== undefined && (
          <bdi class="clipped thread-address">{subtitleOf(known.conversation, peer)}</bdi>
        )}
      </div>
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

/** Under the title: whose address it is, or how many there are. */
function subtitleOf(conversation: Conversation, peer: Person): string {
  const { members } = conversation;
  return isGroup(conversation) ? t("thread.people", { count: members.length }) : peer.address;
}

/** Back to the list, through the browser's history where we came from there. */
export function BackButton() {
  const { route, back } = useLocation();
  return (
    <button
      type="button"
      class="icon-button narrow-only"
      aria-label={t("nav.back")}
      title={t("nav.back")}
      onClick={() => (history.length > 1 && document.referrer === "" ? back() : route("/"))}
    >
      <BackIcon />
    </button>
  );
}
