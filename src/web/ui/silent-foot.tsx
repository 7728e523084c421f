import type { ConversationState } from "#protocol/state.ts";
import { useLocation } from "preact-iso";
import { rightsIn, type Silence } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

interface SilentFootProps {
  known: ConversationState;
  silence: Silence;
}

const titles: Readonly<Record<Silence, TextId>> = {
  left: "silence.left",
  removed: "silence.removed",
  banned: "silence.banned",
  closed: "silence.closed",
  archived: "silence.archived",
  notPermitted: "silence.notPermitted",
};

const explanations: Readonly<Record<Silence, TextId>> = {
  left: "silence.leftNext",
  removed: "silence.leftNext",
  banned: "silence.bannedNext",
  closed: "silence.closedNext",
  archived: "silence.archivedNext",
  notPermitted: "silence.adminsWrite",
};

/** In place of the composer: why nothing can be written in a group, and what can be done instead. */
export function SilentFoot({ known, silence }: SilentFootProps) {
  const { store } = useClient();
  const { route } = useLocation();
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host, permissions } = known.conversation;
  const isGone = known.membership.state !== "accepted";
  const reopens = silence === "archived" && rightsIn(known, store.state.value.me).governs;
  const who = permissions?.write === "owner" ? "silence.ownerWrites" : "silence.adminsWrite";
  const forget = () =>
    deed.run(
      () => groups.forget(id),
      () => route("/", true),
    );
  return (
    <section class="request-bar" data-region aria-label={t(titles[silence])}>
      <p class="request-title">{t(titles[silence])}</p>
      <p class="muted">{t(silence === "notPermitted" ? who : explanations[silence])}</p>
      <GroupOutcome deed={deed} host={host} />
      <div class="request-answers">
        {isGone && (
          <button type="button" class="button" disabled={deed.busy} onClick={() => void forget()}>
            {t("silence.forget")}
          </button>
        )}
        {reopens && (
          <button
            type="button"
            class="button"
            disabled={deed.busy}
            onClick={() => void deed.run(() => groups.change(id, { state: "open" }))}
          >
            {t("group.reopen")}
          </button>
        )}
      </div>
    </section>
  );
}
