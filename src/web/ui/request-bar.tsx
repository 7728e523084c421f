import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import { lazy, useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { peerOf } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { Later } from "./later.tsx";
import { nameOf } from "./names.ts";
import { useDeed } from "./use-deed.ts";

const BlockDialog = lazy(() => import("./block-dialog.tsx").then(({ BlockDialog }) => BlockDialog));

/** In place of the composer while a stranger's request waits for an answer. */
export function RequestBar({ thread, known }: { thread: Thread; known: ConversationState }) {
  const { store, server } = useClient();
  const { route } = useLocation();
  const { busy, failure, run } = useDeed();
  const [blocks, setBlocks] = useState(false);
  const peer = peerOf(known.conversation, store.state.value.me);
  const declined = known.membership.state === "declined";
  const veiled = thread.veiled.value;
  const name = nameOf(veiled ? undefined : peer);
  const decline = () =>
    run(
      () => thread.answerRequest("decline"),
      () => route("/requests", true),
    );
  return (
    <section class="request-bar" aria-label={t("request.label")} data-region>
      {veiled && peer !== undefined && <Veiled peer={peer} thread={thread} />}
      <p class="request-title">{t(declined ? "request.declined" : "request.title", { name })}</p>
      <p class="muted">
        {t("request.explain", { address: peer?.address ?? "", host: peer?.host ?? server.value?.host ?? "" })}
      </p>
      <Failure text={failure} />
      <div class="request-answers">
        {peer !== undefined && (
          <button type="button" class="button quiet" disabled={busy} onClick={() => setBlocks(true)}>
            {t("block.open")}
          </button>
        )}
        {!declined && (
          <button type="button" class="button" disabled={busy} onClick={() => void decline()}>
            {t("request.decline")}
          </button>
        )}
        <button
          type="button"
          class="button primary"
          disabled={busy}
          onClick={() => void run(() => thread.answerRequest("accept"))}
        >
          {t("request.accept")}
        </button>
      </div>
      {blocks && peer !== undefined && (
        <Later>
          <BlockDialog person={peer} name={veiled ? peer.address : name} onClose={() => setBlocks(false)} />
        </Later>
      )}
    </section>
  );
}

/** The name that a stranger chose, blurred until somebody wants to see it. */
function Veiled({ peer, thread }: { peer: Person; thread: Thread }) {
  return (
    <div class="veiled">
      <span class="veil" aria-hidden="true">
        {nameOf(peer)}
      </span>
      <span class="unseen">{t("request.hidden")}</span>
      <button
        type="button"
        class="button small"
        title={t("request.hidden")}
        onClick={() => (thread.revealed.value = true)}
      >
        {t("request.reveal")}
      </button>
    </div>
  );
}
