import type { ConversationState } from "#protocol/state.ts";
import { useState } from "preact/hooks";
import type { Rights } from "../domain/rights.ts";
import { t, type TextId } from "../platform/language.ts";
import { DialogAnswers } from "./dialog-answers.tsx";
import { Dialog } from "./dialog.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

type End = "archive" | "close" | "leave";

const ends: Readonly<Record<End, { title: TextId; text: TextId; answer: TextId }>> = {
  archive: {
    title: "end.archiveTitle",
    text: "end.archiveText",
    answer: "end.archiveAnswer",
  },
  close: { title: "end.closeTitle", text: "end.closeText", answer: "end.closeAnswer" },
  leave: { title: "end.leaveTitle", text: "end.leaveText", answer: "end.leaveAnswer" },
};

/** The ways out of a group, for oneself and for all. */
export function GroupEnd({ known, rights }: { known: ConversationState; rights: Rights }) {
  const groups = useGroupsApi();
  const reopening = useGroupDeed(known);
  const [asks, setAsks] = useState<End | null>(null);
  const { id, state, host } = known.conversation;
  const isArchived = state === "archived";
  return (
    <section>
      <h3>{t("end.title")}</h3>
      <div class="group-ends">
        {rights.governs && (
          <button
            type="button"
            class="button small"
            disabled={reopening.busy}
            onClick={() =>
              isArchived ? void reopening.run(() => groups.change(id, { state: "open" })) : setAsks("archive")
            }
          >
            {t(isArchived ? "group.reopen" : "end.archive")}
          </button>
        )}
        {rights.owns && (
          <button type="button" class="button small" onClick={() => setAsks("close")}>
            {t("end.close")}
          </button>
        )}
        <button type="button" class="button small danger" onClick={() => setAsks("leave")}>
          {t("end.leave")}
        </button>
      </div>
      <GroupOutcome deed={reopening} host={host} />
      {asks === "leave" && mustTransfer(known, rights) && <TransferFirst onClose={() => setAsks(null)} />}
      {asks !== null && !(asks === "leave" && mustTransfer(known, rights)) && (
        <EndDialog known={known} end={asks} onClose={() => setAsks(null)} />
      )}
    </section>
  );
}

/** An owner does not leave others without one. */
function mustTransfer({ conversation }: ConversationState, { role }: Rights): boolean {
  return role === "owner" && conversation.members.length > 1;
}

function TransferFirst({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("end.ownerTitle")} onClose={onClose}>
      <p>{t("end.ownerText")}</p>
      <div class="dialog-answers">
        <button type="button" class="button primary" onClick={onClose}>
          {t("end.ownerAnswer")}
        </button>
      </div>
    </Dialog>
  );
}

interface EndDialogProps {
  known: ConversationState;
  end: End;
  onClose: () => void;
}

/** Says what follows before it is done. */
function EndDialog({ known, end, onClose }: EndDialogProps) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host, epoch } = known.conversation;
  const { title, text, answer } = ends[end];
  const task = () =>
    end === "leave"
      ? groups.leave(id)
      : groups.change(id, { state: end === "close" ? "closed" : "archived", epoch });
  return (
    <Dialog title={t(title)} onClose={onClose}>
      <p>{t(text)}</p>
      <GroupOutcome deed={deed} host={host} />
      <DialogAnswers
        answer={t(answer)}
        kind="danger"
        disabled={deed.busy}
        asked={deed.asked}
        onAnswer={() => void deed.run(task, host === null || end === "leave" ? onClose : undefined)}
        onClose={onClose}
      />
    </Dialog>
  );
}
