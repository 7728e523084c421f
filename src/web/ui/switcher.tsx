import type { ConversationState } from "#protocol/state.ts";
import { useLocation } from "preact-iso";
import { useEffect, useMemo, useState } from "preact/hooks";
import { findConversations, peerOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import "../styles/later.css";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { PencilIcon } from "./icons.tsx";
import { titleOf } from "./names.ts";
import { moveInList } from "./regions.ts";
import { SearchInput } from "./search-input.tsx";

/** While somebody types the server is not asked. */
const pause = 150;
/** More are not read. */
const most = 30;

/** Goes to any conversation by its name: those at hand at once, all others as the server finds them. */
export function Switcher({ onClose }: { onClose: () => void }) {
  const { store } = useClient();
  const { route } = useLocation();
  const [typed, setTyped] = useState("");
  const { me, conversations } = store.state.value;
  const busy = useServersAnswer(typed);
  const found = useMemo(() => {
    const all = Object.values(conversations)
      .filter(({ membership }) => membership.state !== "declined" && membership.state !== "request")
      .toSorted((a, b) => (a.membership.activityAt < b.membership.activityAt ? 1 : -1));
    return findConversations(all, typed, (one) => titleOf(one, me)).slice(0, most);
  }, [conversations, typed, me]);
  function go(path: string) {
    onClose();
    route(path);
  }
  return (
    <Dialog title={t("switcher.title")} onClose={onClose}>
      <div class="chooser" onKeyDown={(event) => moveInList(event, "input, .chooser-item")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const [first] = found;
            if (first !== undefined) go(`/c/${first.conversation.id}`);
          }}
        >
          <SearchInput label="switcher.search" typed={typed} onType={setTyped} />
        </form>
        <ul class="chooser-list">
          {found.map((known) => (
            <li key={known.conversation.id}>
              <Target known={known} me={me} onChoose={() => go(`/c/${known.conversation.id}`)} />
            </li>
          ))}
        </ul>
        <p class="muted" role="status">
          {found.length === 0 && !busy && t("switcher.none")}
        </p>
        <button type="button" class="button wide chooser-item-beside" onClick={() => go("/new")}>
          <PencilIcon />
          {t("new.title")}
        </button>
      </div>
    </Dialog>
  );
}

/** Has the server look for what is typed; answers whether it still does. */
function useServersAnswer(typed: string): boolean {
  const { api, sync } = useClient();
  const [asked, setAsked] = useState<string | null>(null);
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted === "") return;
    let over = false;
    const timer = setTimeout(() => {
      api
        .conversations({ state: "accepted", q: wanted }, null)
        .then(({ conversations }) => {
          if (!over) sync.meet(conversations);
        })
        // What is at hand is shown all the same.
        .catch(() => {})
        .finally(() => over || setAsked(wanted));
    }, pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [api, sync, wanted]);
  return wanted !== "" && asked !== wanted;
}

interface TargetProps {
  known: ConversationState;
  me: string;
  onChoose: () => void;
}

function Target({ known: { conversation, membership }, me, onChoose }: TargetProps) {
  const peer = peerOf(conversation, me);
  const note = membership.archivedAt === null ? (peer?.address ?? "") : t("archive.title");
  return (
    <button type="button" class="chooser-item" onClick={onChoose}>
      {peer !== undefined && <Avatar person={peer} size="small" />}
      <bdi class="clipped">{titleOf(conversation, me)}</bdi>
      <bdi class="clipped chooser-note">{note}</bdi>
    </button>
  );
}
