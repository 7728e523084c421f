import { applyView } from "#protocol/apply.ts";
import type { ConversationState } from "#protocol/state.ts";
import { useLocation } from "preact-iso";
import { directPeer } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { nameOf } from "./names.ts";
import { useDeed } from "./use-deed.ts";

/** Above the messages with somebody who lives elsewhere now: where, and the way there. */
export function MovedNote({ known }: { known: ConversationState }) {
  const { api, store } = useClient();
  const { route } = useLocation();
  const { busy, failure, run } = useDeed();
  const peer = directPeer(known.conversation, store.state.value.me);
  const address = peer?.movedTo ?? null;
  if (address === null) return null;
  async function follow(to: string) {
    const view = await api.startConversation(to);
    store.update((state) => applyView(state, view));
    route(`/c/${view.conversation.id}`);
  }
  return (
    <div class="thread-note" role="status">
      <p>
        {t("closed.moved", { name: nameOf(peer), address })} <Failure text={failure} />
      </p>
      <button
        type="button"
        class="button small"
        disabled={busy}
        onClick={() => void run(() => follow(address))}
      >
        {t("closed.movedNext")}
      </button>
    </div>
  );
}
