import type { SearchResult } from "#protocol/api.ts";
import { excerpt } from "../domain/excerpt.ts";
import { isGroup, personOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { Found } from "./found.tsx";
import { nameOf, titleOf } from "./names.ts";

/** A message that was found: who wrote it, where and when, and its words around what was looked for. */
export function SearchHit({ result, onOpen }: { result: SearchResult; onOpen: () => void }) {
  const { store } = useClient();
  const { me } = store.state.value;
  const { message, highlights } = result;
  const conversation = store.conversation(message.conversationId)?.conversation;
  const author = conversation && personOf(conversation, message.authorId);
  const text = message.body !== null && "text" in message.body ? message.body.text : "";
  // Of two people, who wrote it says already where it stands.
  const says = conversation !== undefined && (isGroup(conversation) || message.authorId === me);
  return (
    <li>
      <button type="button" class="search-hit" data-id={message.id} onClick={onOpen}>
        {author !== undefined && <Avatar person={author} size="small" />}
        <Found
          message={message}
          who={message.authorId === me ? t("message.you") : nameOf(author)}
          where={says ? titleOf(conversation, me) : null}
        >
          {excerpt(text, highlights).map(({ text: piece, found }, index) =>
            found ? <mark key={index}>{piece}</mark> : piece,
          )}
        </Found>
      </button>
    </li>
  );
}
