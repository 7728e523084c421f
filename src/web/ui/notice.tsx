import { useEffect } from "preact/hooks";
import type { RefusedWish } from "#protocol/wishes.ts";
import type { ChatStore } from "../domain/chat-store.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { titleOf } from "./names.ts";
import { reasonText } from "./reasons.ts";

/** Says in passing what was just done, or what another server did not do. */
export function Notice() {
  const { notices, store } = useClient();
  const text = notices.current.value;
  useEffect(
    () =>
      store.refused.subscribe((wish) => {
        if (wish === null) return;
        store.refused.value = null;
        notices.say(refusedText(store, wish), true);
      }),
    [notices, store],
  );
  return (
    <p class="passing" role="status" data-shows={text !== null}>
      {text}
    </p>
  );
}

/** What the server that keeps a group did not do, and why. */
function refusedText(store: ChatStore, { conversationId, asked, host, reason }: RefusedWish): string {
  const what = t(`wish.${asked}`, { host });
  const why = reason === null ? t("wish.unanswered") : reasonText(reason);
  const conversation = store.conversation(conversationId)?.conversation;
  if (conversation === undefined) return `${what} ${why}`;
  return t("wish.said", { group: titleOf(conversation, store.state.peek().me), what, why });
}
