import type { ConversationState } from "#protocol/state.ts";
import type { Person } from "#protocol/types.ts";
import { useEffect } from "preact/hooks";
import { directPeer } from "../domain/people.ts";
import { silenceIn } from "../domain/rights.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { Composer } from "./composer.tsx";
import { useClient } from "./context.ts";
import { Failure } from "./failure.tsx";
import { later, Later } from "./later.tsx";
import { nameOf } from "./names.ts";
import { RequestBar } from "./request-bar.tsx";
import { useDeed } from "./use-deed.ts";

const loadSilence = () => import("./silent-foot.tsx");
const SilentFoot = later(() => loadSilence().then(({ SilentFoot }) => SilentFoot));
/** Until then a start has better things to load. */
const calm = 2_000;

/** Where one writes, or what has to be decided first, or why nothing can be written any more. */
export function ThreadFoot({ thread, known }: { thread: Thread; known: ConversationState }) {
  const { relations, store } = useClient();
  const isGroup = known.conversation.kind === "group";
  useEffect(() => {
    if (!isGroup) return;
    // So that whoever is removed is told at once.
    const timer = setTimeout(() => loadSilence().catch(() => {}), calm);
    return () => clearTimeout(timer);
  }, [isGroup]);
  const peer = directPeer(known.conversation, store.state.value.me);
  if (peer !== undefined && relations.blocks(peer.id)) return <BlockedBar peer={peer} />;
  const silence = silenceIn(known, store.state.value.me);
  if (silence !== null) {
    return (
      <Later>
        <SilentFoot known={known} silence={silence} />
      </Later>
    );
  }
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
