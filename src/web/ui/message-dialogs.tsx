import type { Message } from "#protocol/types.ts";
import { useState } from "preact/hooks";
import { readersOf } from "../domain/people.ts";
import { mayDelete } from "../domain/rights.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import "../styles/trust.css";
import { useClient } from "./context.ts";
import { Deliveries } from "./deliveries.tsx";
import { Dialog } from "./dialog.tsx";
import { enumerate, fullTime } from "./format.ts";
import { failureText } from "./refusals.ts";
import { Summary } from "./summary.tsx";

export interface MessageDialogProps {
  thread: Thread;
  message: Message;
  onClose: () => void;
}

/** When a message was sent and came, and how each server took it. */
export function DetailsDialog({ thread, message, onClose }: MessageDialogProps) {
  const { store } = useClient();
  const known = thread.known.value;
  const now = known?.window?.messages.find(({ id }) => id === message.id) ?? message;
  const isOwn = message.authorId === store.state.value.me;
  return (
    <Dialog title={t("message.details")} onClose={onClose}>
      <dl class="facts">
        <dt>{t("details.sent")}</dt>
        <dd>{fullTime(now.sentAt)}</dd>
        {!isOwn && (
          <>
            <dt>{t("details.received")}</dt>
            <dd>{fullTime(now.receivedAt)}</dd>
          </>
        )}
        {now.editedAt !== null && (
          <>
            <dt>{t("details.edited")}</dt>
            <dd>{fullTime(now.editedAt)}</dd>
          </>
        )}
        {now.expiresAt !== null && (
          <>
            <dt>{t("details.expires")}</dt>
            <dd>{fullTime(now.expiresAt)}</dd>
          </>
        )}
      </dl>
      {isOwn && known !== undefined && <Deliveries known={known} message={now} />}
    </Dialog>
  );
}

/** Asks before a message is deleted, and says honestly what that can and cannot do. */
export function DeleteDialog({ thread, message, onClose }: MessageDialogProps) {
  const { store, server, deeds, notices } = useClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const own = server.value?.host ?? location.host;
  const known = thread.known.value;
  const others = known === undefined ? [] : readersOf(known.conversation, own).filter((host) => host !== own);
  const { me } = store.state.value;
  const isOwn = message.authorId === me;
  const canForAll = known !== undefined && mayDelete(known, message, me);
  // Somebody else's words are deleted by who keeps the group.
  const host = isOwn ? null : (known?.conversation.host ?? null);
  async function run(task: () => Promise<void>) {
    setBusy(true);
    setFailure(null);
    try {
      await task();
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }
  async function forAll() {
    const isAsked = await deeds.deleteForEveryone(message);
    if (isAsked && host !== null) notices.say(t("group.asked", { host }));
  }
  return (
    <Dialog title={t("delete.title")} onClose={onClose}>
      <blockquote class="quote-block" dir="auto">
        <Summary message={message} />
      </blockquote>
      {canForAll && (
        <p>
          {host === null ? copiesText(others) : t("delete.asks", { host })} {!isOwn && t("delete.ofOther")}
        </p>
      )}
      <p class="muted">{t("delete.forMeText")}</p>
      {failure !== null && (
        <p class="field-error" role="alert">
          {failureText(failure)}
        </p>
      )}
      <div class="dialog-answers">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void run(() => deeds.deleteForMe(message))}
        >
          {t("delete.forMe")}
        </button>
        {canForAll && (
          <button type="button" class="button danger" disabled={busy} onClick={() => void run(forAll)}>
            {t("delete.forAll")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** What a deletion can do about copies at other servers. */
function copiesText(others: readonly string[]): string {
  return others.length === 0
    ? t("delete.localCopies")
    : t("delete.remoteCopies", { hosts: enumerate(others) });
}
