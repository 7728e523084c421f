import type { ConversationState } from "#protocol/state.ts";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { peerOf } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { failureText } from "./refusals.ts";
import { nameOf } from "./names.ts";

/** In place of the composer while a stranger's request waits for an answer. */
export function RequestBar({ thread, known }: { thread: Thread; known: ConversationState }) {
  const { store, server } = useClient();
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const peer = peerOf(known.conversation, store.state.value.me);
  const declined = known.membership.state === "declined";
  async function answer(choice: "accept" | "decline") {
    setBusy(true);
    setFailure(null);
    try {
      await thread.answerRequest(choice);
      if (choice === "decline") route("/requests", true);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  const name = nameOf(peer);
  return (
    <section class="request-bar" aria-label={t("request.label")} data-region>
      <p class="request-title">{t(declined ? "request.declined" : "request.title", { name })}</p>
      <p class="muted">
        {t("request.explain", { address: peer?.address ?? "", host: peer?.host ?? server.value?.host ?? "" })}
      </p>
      {failure !== null && (
        <p class="field-error" role="alert">
          {failureText(failure)}
        </p>
      )}
      <div class="request-answers">
        {!declined && (
          <button type="button" class="button" disabled={busy} onClick={() => void answer("decline")}>
            {t("request.decline")}
          </button>
        )}
        <button type="button" class="button primary" disabled={busy} onClick={() => void answer("accept")}>
          {t("request.accept")}
        </button>
      </div>
    </section>
  );
}
