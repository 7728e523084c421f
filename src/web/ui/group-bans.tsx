import type { ConversationState } from "#protocol/state.ts";
import { t } from "../platform/language.ts";
import { Failure } from "./failure.tsx";
import { GroupOutcome } from "./group-outcome.tsx";
import { nameOf } from "./names.ts";
import { PersonLine } from "./person-line.tsx";
import { RowButton } from "./row-button.tsx";
import { useFetched } from "./use-fetched.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

/** Who may not come back into a group, each with the way back. */
export function GroupBans({ known }: { known: ConversationState }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host, revision } = known.conversation;
  const { answer, failure, again } = useFetched(() => groups.bans(id), `${id} ${revision}`);
  return (
    <>
      <Failure text={failure} />
      {answer?.people.length === 0 && <p class="muted">{t("bans.none")}</p>}
      <ul class="relations">
        {answer?.people.map((person) => (
          <PersonLine key={person.id} person={person}>
            <RowButton
              of={nameOf(person)}
              disabled={deed.busy}
              onClick={() => void deed.run(() => groups.unban(id, person.id)).then(again)}
            >
              {t("bans.undo")}
            </RowButton>
          </PersonLine>
        ))}
      </ul>
      <GroupOutcome deed={deed} host={host} />
    </>
  );
}
