import type { ConversationState } from "#protocol/state.ts";
import { useMemo, useState } from "preact/hooks";
import { findConversations, readersOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { enumerate } from "./format.ts";
import type { MessageDialogProps } from "./message-dialogs.tsx";
import { titleOf } from "./names.ts";
import { moveInList } from "./regions.ts";
import { SearchInput } from "./search-input.tsx";
import { Summary } from "./summary.tsx";
import "../styles/later.css";

/** Chooses the conversation that a message is passed on to. */
export function ForwardDialog({ message, onClose }: MessageDialogProps) {
  const { store, lists, deeds, notices } = useClient();
  const [typed, setTyped] = useState("");
  const { me } = store.state.value;
  const conversations = store.accepted.value;
  const found = useMemo(
    () => findConversations(conversations, typed, (one) => titleOf(one, me)),
    [conversations, typed, me],
  );
  function choose({ conversation }: ConversationState) {
    onClose();
    void deeds.forward(message, conversation.id);
    notices.say(t("forward.done", { name: titleOf(conversation, me) }));
  }
  return (
    <Dialog title={t("forward.title")} onClose={onClose}>
      <blockquote class="quote-block clipped" dir="auto">
        <Summary message={message} />
      </blockquote>
      <p class="hint">{t("forward.hint")}</p>
      <div class="chooser" onKeyDown={(event) => moveInList(event, "input, .chooser-item")}>
        <SearchInput
          label="forward.search"
          typed={typed}
          onType={setTyped}
          onFocus={() => void lists.loadMore("accepted")}
        />
        <ul class="chooser-list">
          {found.map((known) => (
            <li key={known.conversation.id}>
              <Target known={known} me={me} onChoose={() => choose(known)} />
            </li>
          ))}
        </ul>
        <p class="muted" role="status">
          {found.length === 0 && t("forward.none")}
        </p>
      </div>
    </Dialog>
  );
}

interface TargetProps {
  known: ConversationState;
  me: string;
  onChoose: () => void;
}

/** One conversation, and whose servers will be able to read what is passed on. */
function Target({ known: { conversation }, me, onChoose }: TargetProps) {
  const { server } = useClient();
  const hosts = readersOf(conversation, server.value?.host ?? location.host);
  return (
    <button type="button" class="chooser-item" onClick={onChoose}>
      <ConversationAvatar conversation={conversation} me={me} size="small" mute />
      <bdi class="clipped">{titleOf(conversation, me)}</bdi>
      <span class="clipped chooser-note">{t("composer.readable", { hosts: enumerate(hosts) })}</span>
    </button>
  );
}
