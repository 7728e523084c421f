import type { Message } from "#protocol/types.ts";
import type { Delivery } from "#protocol/deliveries.ts";
import type { ComponentChildren } from "preact";
import { deliveriesAt, type Progress, progressIn } from "../domain/delivery.ts";
import { isGroup } from "../domain/people.ts";
import { isLate } from "../domain/rows.ts";
import type { Thread } from "../domain/thread.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { clock, enumerate, fullTime, momentBeside } from "./format.ts";
import { BookmarkIcon, PinIcon } from "./icons.tsx";
import { Light, progressWord } from "./light.tsx";
import type { MessageActions } from "./message-actions.ts";
import { SeenBy } from "./seen-by.tsx";
import { reasonText } from "./reasons.ts";
import { EndSign } from "./timer-sign.tsx";

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
      <EndSign expiresAt={message.body === null ? null : message.expiresAt} />
      {isSaved && <Sign icon={<BookmarkIcon />} text={t("message.saved")} />}
      <button
        type="button"
        tabIndex={-1}
        title={fullTime(receivedAt)}
        onClick={() => actions.dialog("details", message)}
      >
        {isLate(message) && <span>{t("message.late", { time: momentBeside(sentAt, receivedAt) })}</span>}
        <time dateTime={receivedAt}>{clock(receivedAt)}</time>
        {isOwn && known !== undefined && <Light progress={progressIn(known, message)} />}
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
  const known = thread.known.value;
  if (known === undefined) return null;
  const deliveries = known.deliveries[message.id] ?? [];
  const progress = progressIn(known, message);
  // Of many, some have read it sooner than all.
  const isOwn = message.authorId === me;
  const isPartlyRead = Object.values(known.membership.receipts).some((read) => read >= message.position);
  if (isOwn && always && isGroup(known.conversation) && isPartlyRead) {
    return <SeenBy known={known} message={message} onOpen={() => actions.dialog("details", message)} />;
  }
  const shows = isOwn && message.body !== null && (always || needsWords.has(progress));
  if (!shows) return null;
  return (
    <button
      type="button"
      class="state-words"
      data-progress={progress}
      tabIndex={-1}
      onClick={() => actions.dialog("details", message)}
    >
      {stateWords(progress, deliveriesAt(deliveries, progress))}
    </button>
  );
}

const sentences: Partial<Record<Progress, TextId>> = {
  accepted: "state.accepted",
  waiting: "state.waiting",
  refused: "state.refused",
  "gave-up": "state.gaveUp",
};

/** Which servers, and why where it is one. */
function stateWords(progress: Progress, deliveries: readonly Delivery[]): string {
  const id = sentences[progress];
  if (id === undefined) return progressWord(progress);
  const words = t(id, { hosts: enumerate(deliveries.map(({ host }) => host)) });
  const [only, ...more] = deliveries;
  const why = more.length === 0 ? reasonText(only?.reason ?? null) : "";
  if (why === "") return words;
  return progress === "gave-up" ? `${progressWord(progress)}. ${why}` : `${words}. ${why}`;
}
