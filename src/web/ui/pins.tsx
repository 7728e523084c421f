import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { lazy } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { PinIcon } from "./icons.tsx";
import { useJump } from "./jump.ts";
import { Later } from "./later.tsx";
import { authorOf } from "./quote.tsx";
import { Summary } from "./summary.tsx";

const PinsDialog = lazy(() => import("./pins-dialog.tsx").then(({ PinsDialog }) => PinsDialog));

/** What is pinned in a conversation: the newest in one line, and the way to all. */
export function PinBar({ thread, known }: { thread: Thread; known: ConversationState }) {
  const pins = usePins(known);
  const jump = useJump(thread);
  const [opened, setOpened] = useState(false);
  const newest = pins[0];
  if (newest === undefined) return null;
  return (
    <section class="pin-bar" aria-label={t("pins.title")}>
      <button type="button" class="pin-newest" onClick={() => jump(newest)} title={t("pins.jump")}>
        <PinIcon />
        <span class="pin-words">
          <span class="pin-title">
            {t("pins.newest")} · <bdi>{authorOf(newest, thread)}</bdi>
          </span>
          <span class="clipped" dir="auto">
            <Summary message={newest} />
          </span>
        </span>
      </button>
      {pins.length > 1 && (
        <button type="button" class="link-button" onClick={() => setOpened(true)}>
          {t("pins.all", { count: pins.length })}
        </button>
      )}
      {opened && (
        <Later>
          <PinsDialog thread={thread} pins={pins} onClose={() => setOpened(false)} />
        </Later>
      )}
    </section>
  );
}

/** The pinned messages, newest pin first; asked for again when one that is loaded or told of live changes. */
function usePins({ conversation, window }: ConversationState): readonly Message[] {
  const { api, store, socket } = useClient();
  const [pins, setPins] = useState<readonly Message[]>([]);
  const touched = store.touched.value;
  const concerns =
    touched?.conversationId === conversation.id &&
    (touched.pinned !== null || pins.some(({ id }) => id === touched.id));
  const loaded = window?.messages.filter(({ pinned }) => pinned !== null) ?? [];
  const sign = loaded.map(({ id, revision }) => `${id} ${revision}`).join();
  const news = concerns ? `${touched.id} ${touched.revision}` : "";
  const connected = socket.state.value.kind;
  useEffect(() => {
    let current = true;
    // Where it fails the socket is lost too, and its return asks again.
    api.pins(conversation.id).then(
      ({ messages }) => current && setPins(messages),
      () => {},
    );
    return () => {
      current = false;
    };
  }, [api, conversation.id, sign, news, connected]);
  return pins;
}
