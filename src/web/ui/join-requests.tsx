import type { ConversationState } from "#protocol/state.ts";
import { t } from "../platform/language.ts";
import { Failure } from "./failure.tsx";
import { moment } from "./format.ts";
import { GroupOutcome } from "./group-outcome.tsx";
import { nameOf } from "./names.ts";
import { PersonLine } from "./person-line.tsx";
import { RowButton } from "./row-button.tsx";
import { useFetched } from "./use-fetched.ts";
import { useGroupDeed, useGroupsApi } from "./use-group.ts";

/** Who waits to be let in; nothing is shown while nobody does. */
export function JoinRequests({ known }: { known: ConversationState }) {
  const groups = useGroupsApi();
  const deed = useGroupDeed(known);
  const { id, host, revision } = known.conversation;
  const { answer, failure, again } = useFetched(() => groups.joinRequests(id), `${id} ${revision}`);
  const requests = answer?.requests ?? [];
  if (requests.length === 0 && failure === null) return null;
  const decide = (personId: string, decision: "approve" | "reject") =>
    void deed.run(() => groups.decide(id, personId, decision)).then(again);
  return (
    <section aria-label={t("joining.title", { count: requests.length })}>
      <h3>{t("joining.title", { count: requests.length })}</h3>
      <Failure text={failure} />
      <ul class="relations">
        {requests.map(({ person, at }) => (
          <PersonLine
            key={person.id}
            person={person}
            note={
              <time class="muted small-text" dateTime={at}>
                {moment(at)}
              </time>
            }
          >
            <span class="person-buttons">
              <RowButton of={nameOf(person)} disabled={deed.busy} onClick={() => decide(person.id, "reject")}>
                {t("joining.reject")}
              </RowButton>
              <RowButton
                of={nameOf(person)}
                kind="primary"
                disabled={deed.busy}
                onClick={() => decide(person.id, "approve")}
              >
                {t("joining.approve")}
              </RowButton>
            </span>
          </PersonLine>
        ))}
      </ul>
      <GroupOutcome deed={deed} host={host} />
    </section>
  );
}
