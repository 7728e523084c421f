import type { MessageHistory } from "#protocol/api.ts";
import { useEffect, useState } from "preact/hooks";
import { personOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { fullTime } from "./format.ts";
import type { MessageDialogProps } from "./message-dialogs.tsx";
import { nameOf } from "./names.ts";
import { Emoji } from "./reactions.tsx";
import { failureText } from "./refusals.ts";
import "../styles/later.css";

/** Every text that a message has had, the newest first. */
export function HistoryDialog({ message, onClose }: MessageDialogProps) {
  const { api } = useClient();
  const [history, setHistory] = useState<MessageHistory | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    api.history(message.id).then(setHistory, setFailure);
  }, [api, message.id, message.revision]);
  const versions = history?.versions.toReversed() ?? [];
  return (
    <Dialog title={t("history.title")} onClose={onClose}>
      {failure !== null && (
        <p class="field-error" role="alert">
          {failureText(failure)}
        </p>
      )}
      <ol class="versions" aria-busy={history === null && failure === null}>
        {versions.map(({ version, body, at }, index) => (
          <li key={version}>
            <p class="version-time">
              <strong>{t(versionTitle(index, versions.length))}</strong>{" "}
              <time dateTime={at}>{fullTime(at)}</time>
            </p>
            <p class="version-text" dir="auto">
              {body.text}
            </p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

function versionTitle(index: number, count: number) {
  if (index === 0) return "history.now";
  return index === count - 1 ? "history.first" : "history.then";
}

/** Who reacted with what. */
export function ReactionsDialog({ thread, message, onClose }: MessageDialogProps) {
  const { reactions, store } = useClient();
  const conversation = thread.known.value?.conversation;
  const { me } = store.state.value;
  const shown = reactions.of(message);
  return (
    <Dialog title={t("reactions.who")} onClose={onClose}>
      {shown.length === 0 && <p class="muted">{t("reactions.none")}</p>}
      <ul class="reactors">
        {shown.flatMap((reaction) =>
          reaction.personIds.map((id) => {
            const person = conversation && personOf(conversation, id);
            return (
              <li key={`${reaction.emoji} ${id}`}>
                {person !== undefined && <Avatar person={person} size="small" />}
                <bdi class="clipped">{id === me ? t("message.you") : nameOf(person)}</bdi>
                <Emoji of={reaction} />
              </li>
            );
          }),
        )}
      </ul>
    </Dialog>
  );
}
