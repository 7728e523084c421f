import type { ConversationState } from "#protocol/state.ts";
import type { Member } from "#protocol/types.ts";
import { t, type TextId } from "../platform/language.ts";
import type { GroupsApi } from "../platform/groups-api.ts";
import { DialogAnswers } from "./dialog-answers.tsx";
import { Dialog } from "./dialog.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { nameOf } from "./names.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

/** What is done with somebody in a group. */
export type MemberDeed = "admin" | "member" | "transfer" | "remove" | "ban";

interface Deed {
  title: TextId;
  text: TextId;
  answer: TextId;
  danger: boolean;
  run: (groups: GroupsApi, ids: { id: string; personId: string }) => Promise<unknown>;
}

const deeds: Readonly<Record<MemberDeed, Deed>> = {
  admin: {
    title: "members.adminTitle",
    text: "members.adminText",
    answer: "members.makeAdmin",
    danger: false,
    run: (groups, { id, personId }) => groups.giveRole(id, personId, "admin"),
  },
  member: {
    title: "members.memberTitle",
    text: "members.memberText",
    answer: "members.makeMember",
    danger: false,
    run: (groups, { id, personId }) => groups.giveRole(id, personId, "member"),
  },
  transfer: {
    title: "members.transferTitle",
    text: "members.transferText",
    answer: "members.transferAnswer",
    danger: true,
    run: (groups, { id, personId }) => groups.transfer(id, personId),
  },
  remove: {
    title: "members.removeTitle",
    text: "members.removeText",
    answer: "members.removeAnswer",
    danger: true,
    run: (groups, { id, personId }) => groups.remove(id, personId),
  },
  ban: {
    title: "members.banTitle",
    text: "members.banText",
    answer: "members.banAnswer",
    danger: true,
    run: (groups, { id, personId }) => groups.ban(id, personId),
  },
};

interface MemberDialogProps {
  known: ConversationState;
  member: Member;
  deed: MemberDeed;
  onClose: () => void;
}

/** Asks before something is done with somebody, names them, and says what follows. */
export function MemberDialog({ known, member: { person }, deed: name, onClose }: MemberDialogProps) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host } = known.conversation;
  const { title, text, answer, danger, run } = deeds[name];
  const values = { name: nameOf(person), address: person.address };
  const task = () => run(groups, { id, personId: person.id });
  return (
    <Dialog title={t(title, values)} onClose={onClose}>
      <p>{t(text, values)}</p>
      <p class="muted">
        <bdi>{person.address}</bdi>
      </p>
      <GroupOutcome deed={deed} host={host} />
      <DialogAnswers
        answer={t(answer)}
        kind={danger ? "danger" : "primary"}
        disabled={deed.busy}
        asked={deed.asked}
        onAnswer={() => void deed.run(task, host === null ? onClose : undefined)}
        onClose={onClose}
      />
    </Dialog>
  );
}
