import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { hasRead } from "../domain/delivery.ts";
import { othersOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { Avatar } from "./avatar.tsx";
import { useClient } from "./context.ts";
import { namesIn } from "./notice-text.ts";

/** More are counted. */
const shown = 5;

interface SeenByProps {
  known: ConversationState;
  message: Message;
  onOpen: () => void;
}

/** Who has read an own message in a group: some faces and how many more; all of them by name in its details. */
export function SeenBy({ known, message, onOpen }: SeenByProps) {
  const { conversation } = known;
  const me = useClient().store.state.value.me;
  const readers = othersOf(conversation, message.authorId).filter(({ id }) =>
    hasRead(known, id, message.position),
  );
  if (readers.length === 0) return null;
  const ids = readers.map(({ id }) => id);
  const words = t("seen.by", { names: namesIn(ids, { conversation, me }) });
  return (
    <button type="button" class="seen-by" tabIndex={-1} title={words} onClick={onOpen}>
      <span class="unseen">{words}</span>
      {readers.slice(0, shown).map((person) => (
        <Avatar key={person.id} person={person} size="small" />
      ))}
      {readers.length > shown && (
        <span class="seen-more" aria-hidden="true">
          +{readers.length - shown}
        </span>
      )}
    </button>
  );
}
