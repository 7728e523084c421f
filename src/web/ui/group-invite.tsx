import type { ConversationState } from "#protocol/state.ts";
import type { Invitation } from "#protocol/invitations.ts";
import { inviteEach } from "../platform/groups-api.ts";
import { t } from "../platform/language.ts";
import { Failure } from "./failure.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { nameOf } from "./names.ts";
import { PeoplePicker, usePicked } from "./people-picker.tsx";
import { PersonLine } from "./person-line.tsx";
import { RowButton } from "./row-button.tsx";
import { useFetched } from "./use-fetched.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

/** Asks people to come into a group, and shows whose answer is waited for. */
export function GroupInvite({ known }: { known: ConversationState }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const picked = usePicked();
  const { id, members, host, revision } = known.conversation;
  const waiting = useFetched(() => groups.invitations(id), `${id} ${revision}`);
  const invite = () => inviteEach(groups, { id, addresses: picked.all }, picked.drop);
  return (
    <>
      <PeoplePicker
        label={t("invite.people")}
        picked={picked}
        without={members.map(({ person }) => person.address)}
        error={null}
      />
      <button
        type="button"
        class="button primary"
        disabled={deed.busy || picked.all.length === 0}
        onClick={() => void deed.run(invite).then(waiting.again)}
      >
        {t("invite.send", { count: picked.all.length })}
      </button>
      <GroupOutcome deed={deed} host={host} />
      <Failure text={waiting.failure} />
      <Waiting
        invitations={waiting.answer?.invitations ?? []}
        busy={deed.busy}
        onRevoke={(invitationId) =>
          void deed.run(() => groups.revokeInvitation(invitationId)).then(waiting.again)
        }
      />
    </>
  );
}

interface WaitingProps {
  invitations: readonly Invitation[];
  busy: boolean;
  onRevoke: (id: string) => void;
}

function Waiting({ invitations, busy, onRevoke }: WaitingProps) {
  if (invitations.length === 0) return null;
  return (
    <>
      <h4>{t("invite.waiting")}</h4>
      <ul class="relations">
        {invitations.map(({ id, person }) => (
          <PersonLine key={id} person={person}>
            <RowButton of={nameOf(person)} disabled={busy} onClick={() => onRevoke(id)}>
              {t("invite.revoke")}
            </RowButton>
          </PersonLine>
        ))}
      </ul>
    </>
  );
}
