import type { AdminPerson } from "#protocol/admin.ts";
import type { Session } from "#protocol/sessions.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { moment } from "../format.ts";
import { useDeed } from "../use-deed.ts";
import { useFetched } from "../use-fetched.ts";
import { RowButton } from "../row-button.tsx";
import { useAdmin } from "./use-admin.ts";

/** Where somebody is signed in, each with the way to end it. */
export function PersonSessions({ person, onClose }: { person: AdminPerson; onClose: () => void }) {
  const admin = useAdmin();
  const { notices } = useClient();
  const { answer, failure, again } = useFetched(() => admin.sessions(person.id), person.id);
  const deed = useDeed();
  const name = `@${person.handle}`;
  const end = (id: string) =>
    deed.run(
      () => admin.endSession(person.id, id),
      () => {
        notices.say(t("adminPerson.sessionEnded"));
        again();
      },
    );
  return (
    <Dialog title={t("adminPerson.sessionsTitle", { name })} onClose={onClose}>
      <Failure text={failure ?? deed.failure} />
      <p class="muted" role="status">
        {answer?.sessions.length === 0 && t("adminPerson.sessionsNone", { name })}
      </p>
      <ul class="office-list">
        {answer?.sessions.map((session) => (
          <li key={session.id} class="office-row">
            <span class="office-main">
              <bdi class="clipped office-name">{titleOf(session)}</bdi>
              <span class="muted small-text">{factsOf(session).join(" · ")}</span>
            </span>
            {!session.current && (
              <RowButton of={titleOf(session)} disabled={deed.busy} onClick={() => void end(session.id)}>
                {t("adminPerson.sessionEnd")}
              </RowButton>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function titleOf({ name, app, device }: Session): string {
  const from = [device?.program, device?.system].filter(Boolean).join(", ");
  return name || app || from || t("adminPerson.sessionToken");
}

function factsOf({ place, seenAt, current }: Session): string[] {
  const seen = t("adminPerson.sessionSeen", { time: moment(seenAt) });
  return [seen, ...(place === null ? [] : [place]), ...(current ? [t("adminPerson.sessionOwn")] : [])];
}
