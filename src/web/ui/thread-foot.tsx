import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import { directPeer } from "../domain/people.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { Composer } from "./composer.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { nameOf } from "./names.ts";
import { RequestBar } from "./request-bar.tsx";
import { useDeed } from "./use-deed.ts";

/** Where one writes, or what has to be decided first, or why nothing can be written any more. */
export function ThreadFoot({ thread, known }: { thread: Thread; known: ConversationState }) {
  const { relations, store } = useClient();
  const peer = directPeer(known.conversation, store.state.value.me);
  if (peer !== undefined && relations.blocks(peer.id)) return <BlockedBar peer={peer} />;
  if (known.membership.state !== "accepted") return <RequestBar thread={thread} known={known} />;
  if (peer?.state === "deleted") {
    return (
      <section class="request-bar" data-region aria-label={t("closed.deleted")}>
        <p class="request-title">{t("closed.deleted")}</p>
        <p class="muted">{t("closed.deletedNext")}</p>
      </section>
    );
  }
  return <Composer thread={thread} known={known} />;
}

function BlockedBar({ peer }: { peer: Person }) {
  const { relations } = useClient();
  const { busy, failure, run } = useDeed();
  const title = t("closed.blocked", { name: nameOf(peer) });
  return (
    <section class="request-bar" data-region aria-label={title}>
      <p class="request-title">{title}</p>
      <p class="muted">{t("closed.blockedNext")}</p>
      <Failure text={failure} />
      <div class="request-answers">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void run(() => relations.unblock(peer.id))}
        >
          {t("block.undo")}
        </button>
      </div>
    </section>
  );
}
