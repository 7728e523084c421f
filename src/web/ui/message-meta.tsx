import type { Message } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import { hostsAt, type Progress, progressOf } from "../domain/delivery.ts";
import { isLate } from "../domain/rows.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { clock, enumerate, fullTime, momentBeside } from "./format.ts";
import { BookmarkIcon, PinIcon } from "./icons.tsx";
import { Light, progressWord } from "./light.tsx";
import type { MessageActions } from "./message-actions.ts";

interface MetaProps {
  message: Message;
  thread: Thread;
  actions: MessageActions;
}

/** States that are said in words wherever the message stands. */
const needsWords: ReadonlySet<Progress> = new Set(["waiting", "refused", "gave-up"]);

/** When a message came, whether it was edited, and how far an own one is. */
export function MessageMeta({ message, thread, actions }: MetaProps) {
  const { store } = useClient();
  const { sentAt, receivedAt } = message;
  const isOwn = message.authorId === store.state.value.me;
  const known = thread.known.value;
  const deliveries = known?.deliveries[message.id] ?? [];
  const isSaved = known?.saved.includes(message.id) === true;
  return (
    <span class="meta">
      {message.editedAt !== null && message.body !== null && (
        <button
          type="button"
          tabIndex={-1}
          title={fullTime(message.editedAt)}
          onClick={() => actions.dialog("history", message)}
        >
          {t("message.edited")}
        </button>
      )}
      {message.pinned !== null && <Sign icon={<PinIcon />} text={t("message.pinned")} />}
      {isSaved && <Sign icon={<BookmarkIcon />} text={t("message.saved")} />}
      <button
        type="button"
        tabIndex={-1}
        title={fullTime(receivedAt)}
        onClick={() => actions.dialog("details", message)}
      >
        {isLate(message) && <span>{t("message.late", { time: momentBeside(sentAt, receivedAt) })}</span>}
        <time dateTime={receivedAt}>{clock(receivedAt)}</time>
        {isOwn && <Light progress={progressOf(deliveries)} />}
      </button>
    </span>
  );
}

function Sign({ icon, text }: { icon: ComponentChildren; text: string }) {
  return (
    <span class="sign" title={text}>
      {icon}
      <span class="unseen">{text}</span>
    </span>
  );
}

/** How far an own message is, in words below it: where that is news, and at the newest one. */
export function StateWords({ message, thread, actions, always }: MetaProps & { always: boolean }) {
  const me = useClient().store.state.value.me;
  const deliveries = thread.known.value?.deliveries[message.id] ?? [];
  const progress = progressOf(deliveries);
  const shows = message.authorId === me && message.body !== null && (always || needsWords.has(progress));
  if (!shows) return null;
  return (
    <button
      type="button"
      class="state-words"
      tabIndex={-1}
      onClick={() => actions.dialog("details", message)}
    >
      {stateWords(progress, hostsAt(deliveries, progress))}
    </button>
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
