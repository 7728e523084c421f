import type { Session } from "#protocol/sessions.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { SessionsApi } from "../../platform/sessions-api.ts";
import { useClient } from "../context.ts";
import { moment } from "../format.ts";
import { AskDialog } from "../ask-dialog.tsx";
import { OwnThing } from "./own-thing.tsx";

interface SessionsProps {
  sessions: readonly Session[];
  again: () => void;
}

/** Where one is signed in: the session that looks at this first. */
export function SessionsCard({ sessions, again }: SessionsProps) {
  const { api, notices } = useClient();
  const [asks, setAsks] = useState(false);
  const inOrder = sessions.toSorted((one, other) => Number(other.current) - Number(one.current));
  async function endOthers() {
    await new SessionsApi(api).endOthers();
    notices.say(t("sessions.othersEnded"));
    again();
  }
  return (
    <section class="settings-card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{t("sessions.title")}</h2>
      <p class="muted small-text">{t("sessions.text")}</p>
      <ul class="own-things">
        {inOrder.map((session) => (
          <SessionRow key={session.id} session={session} again={again} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <div class="card-buttons">
          <button type="button" class="button danger" onClick={() => setAsks(true)}>
            {t("sessions.endOthers")}
          </button>
        </div>
      )}
      {asks && (
        <AskDialog
          title={t("sessions.endOthers")}
          text={t("sessions.endOthersText")}
          answer={t("sessions.endOthers")}
          deed={endOthers}
          onClose={() => setAsks(false)}
        />
      )}
    </section>
  );
}

function SessionRow({ session, again }: { session: Session; again: () => void }) {
  const { api, notices } = useClient();
  const sessions = new SessionsApi(api);
  const { id, name, current } = session;
  const title = titleOf(session);
  async function rename(next: string) {
    await sessions.rename(id, next);
    again();
  }
  async function end() {
    await sessions.end(id);
    notices.say(t("sessions.ended"));
    again();
  }
  const ending = {
    title: t("sessions.endTitle", { name: title }),
    text: t("sessions.endText"),
    answer: t("sessions.end"),
    deed: end,
  };
  return (
    <OwnThing
      title={title}
      badge={current && <span class="pill quiet worded">{t("sessions.current")}</span>}
      facts={factsOf(session)}
      naming={{ name, hint: t("sessions.nameHint"), optional: true, save: rename }}
      removing={current ? null : ending}
    />
  );
}

/** What it is called, else what it was begun by. */
function titleOf({ name, device }: Session): string {
  if (name !== "") return name;
  if (device === null) return t("sessions.command");
  if (device.program === "") return t("sessions.unknown");
  return device.system === null
    ? device.program
    : t("sessions.device", { program: device.program, system: device.system });
}

function factsOf(session: Session): string[] {
  const { name, device, place, seenAt, createdAt, current } = session;
  return [
    ...(name === "" || device === null ? [] : [titleOf({ ...session, name: "" })]),
    ...(place === null ? [] : [t("sessions.place", { place })]),
    current ? t("sessions.now") : t("sessions.seen", { time: moment(seenAt) }),
    t("sessions.since", { time: moment(createdAt) }),
  ];
}
