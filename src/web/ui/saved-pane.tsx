import { useLocation } from "preact-iso";
import { useEffect, useMemo } from "preact/hooks";
import { placeOf } from "../domain/links.ts";
import { isGroup, personOf } from "../domain/people.ts";
import { SavedList, type SavedMessage } from "../domain/saved.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { BookmarkIcon } from "./icons.tsx";
import { KeptMessage } from "./kept-message.tsx";
import { ListEnd } from "./list-end.tsx";
import { nameOf, titleOf } from "./names.ts";
import { failureText } from "./refusals.ts";
import { BackButton } from "./thread-header.tsx";

/** What its person keeps of all conversations, newest first. */
export function SavedPane() {
  const client = useClient();
  const list = useMemo(() => new SavedList(client), [client]);
  // Whatever its person saves, here or elsewhere, moves their number.
  const { number } = client.store.state.value;
  useEffect(() => {
    void list.load();
  }, [list, number]);
  const messages = list.messages.value;
  const failure = list.failure.value;
  return (
    <section class="settings" data-region>
      <header class="bar thread-bar">
        <BackButton />
        <h1 class="bar-title">{t("saved.title")}</h1>
      </header>
      <div class="settings-body saved-body" aria-busy={messages === null && failure === null}>
        {failure !== null && (
          <p class="field-error" role="alert">
            {failureText(failure)}{" "}
            <button type="button" class="link-button" onClick={() => void list.load()}>
              {t("message.retry")}
            </button>
          </p>
        )}
        {messages?.length === 0 && <NothingSaved />}
        {messages !== null && messages.length > 0 && (
          <ul class="kept">
            {messages.map((saved) => (
              <SavedItem key={saved.message.id} saved={saved} />
            ))}
            <ListEnd onSight={() => void list.more()} count={messages.length} />
          </ul>
        )}
      </div>
    </section>
  );
}

function SavedItem({ saved: { message } }: { saved: SavedMessage }) {
  const { store, deeds, notices } = useClient();
  const { route } = useLocation();
  const { me } = store.state.value;
  const conversation = store.conversation(message.conversationId)?.conversation;
  const author = conversation && personOf(conversation, message.authorId);
  // Of two people, who wrote it says already where it stands.
  const isPeer = conversation !== undefined && !isGroup(conversation) && message.authorId !== me;
  const who = message.authorId === me ? t("message.you") : nameOf(author);
  return (
    <KeptMessage
      message={message}
      who={who}
      where={conversation === undefined || isPeer ? null : titleOf(conversation, me)}
      icon={<BookmarkIcon />}
      remove="message.unsave"
      onOpen={() => route(placeOf(message))}
      onRemove={() => {
        deeds.save(message, false).catch((error: unknown) => notices.say(failureText(error)));
      }}
    />
  );
}

function NothingSaved() {
  return (
    <div class="empty-list">
      <BookmarkIcon />
      <p>{t("saved.empty")}</p>
      <p class="muted">{t("saved.emptyNext")}</p>
    </div>
  );
}
