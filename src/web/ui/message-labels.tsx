import type { ConversationState } from "#protocol/state.ts";
import type { Message } from "#protocol/types.ts";
import { isGroup } from "../domain/people.ts";
import { rightsIn } from "../domain/rights.ts";
import type { Thread } from "../domain/thread.ts";
import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { enumerate } from "./format.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { namesIn } from "./notice-text.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

interface LabelsProps {
  message: Message;
  thread: Thread;
}

/** What is unusual about who gets a message, or where it came from; nothing for nearly all. */
export function MessageLabels({ message, thread }: LabelsProps) {
  const known = thread.known.value;
  const me = useClient().store.state.value.me;
  const { onlyTo, alsoTo, late, vouched, unlogged, authorId } = message;
  if (known === undefined || message.body === null) return null;
  const { conversation } = known;
  const readers = onlyTo?.filter((id) => id !== authorId) ?? [];
  const host = conversation.host ?? "";
  return (
    <>
      {onlyTo !== null && isGroup(conversation) && (
        <p class="label">{t("label.onlyTo", { names: namesIn(readers, { conversation, me }) })}</p>
      )}
      {alsoTo.length > 0 && <AlsoTo known={known} addresses={alsoTo} />}
      {late && <p class="label">{t("label.late")}</p>}
      {vouched && <p class="label">{t("label.vouched", { host })}</p>}
      {unlogged && <p class="label">{t("label.unlogged", { host })}</p>}
    </>
  );
}

/** Who got it without being in the group; whoever may asks them in. */
function AlsoTo({ known, addresses }: { known: ConversationState; addresses: readonly string[] }) {
  const me = useClient().store.state.value.me;
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host } = known.conversation;
  const invites = known.conversation.kind === "group" && rightsIn(known, me).may("invite");
  return (
    <div class="label">
      {t("label.alsoTo", { names: enumerate(addresses) })}
      {invites &&
        addresses.map((address) => (
          <button
            key={address}
            type="button"
            class="link-button"
            disabled={deed.busy || deed.asked}
            onClick={() => void deed.run(() => groups.invite(id, address))}
          >
            {t("label.invite", { address })}
          </button>
        ))}
      <GroupOutcome deed={deed} host={host} />
    </div>
  );
}
