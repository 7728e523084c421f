import type { Message, Reaction } from "#protocol/types.ts";
import { personOf } from "../domain/people.ts";
import type { EmojiChoice } from "../domain/reactions.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { enumerate } from "./format.ts";
import type { MessageActions } from "./message-actions.ts";
import { nameOf } from "./names.ts";
import { useMenuRequest } from "./press.ts";
import { failureText } from "./refusals.ts";

interface ReactionsProps {
  message: Message;
  thread: Thread;
  actions: MessageActions;
}

/** The emoji under a message: a tap joins or leaves, hover and focus say who, a resting finger shows the list. */
export function MessageReactions({ message, thread, actions }: ReactionsProps) {
  const { reactions, store } = useClient();
  const react = useReact(message);
  const press = useMenuRequest(() => actions.dialog("reactions", message));
  const shown = message.body === null ? [] : reactions.of(message);
  if (shown.length === 0) return null;
  return (
    <div class="reactions" role="group" aria-label={t("reactions.label")} {...press}>
      {shown.map((reaction) => (
        <button
          key={reaction.emoji}
          type="button"
          class="reaction"
          tabIndex={-1}
          aria-pressed={reactions.isOwn(reaction)}
          onClick={() => react(reaction)}
        >
          <Emoji of={reaction} />
          <span aria-hidden="true">{reaction.personIds.length}</span>
          <span class="reaction-who">{enumerate(namesOf(reaction, thread, store.state.value.me))}</span>
        </button>
      ))}
    </div>
  );
}

/** An emoji as a picture or a character; a custom one is called by its name. */
export function Emoji({ of: { emoji, url } }: { of: EmojiChoice }) {
  if (url === null) return <span class="emoji">{emoji}</span>;
  return <img class="emoji" src={url} alt={emoji} width="20" height="20" draggable={false} />;
}

/** Puts an emoji under a message or takes it away; says so when that fails. */
export function useReact(message: Message): (choice: EmojiChoice) => void {
  const { reactions, notices } = useClient();
  return ({ emoji, url }) => {
    reactions.toggle(message, { emoji, url }).catch((error: unknown) => notices.say(failureText(error)));
  };
}

/** Who chose an emoji, the reader last. */
function namesOf({ personIds }: Reaction, thread: Thread, me: string): string[] {
  const conversation = thread.known.value?.conversation;
  const names = personIds
    .filter((id) => id !== me)
    .map((id) => nameOf(conversation && personOf(conversation, id)));
  return personIds.includes(me) ? [...names, t("reactions.you")] : names;
}
