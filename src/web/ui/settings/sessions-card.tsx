import type { Session } from "#protocol/sessions.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { SessionsApi } from "../../platform/sessions-api.ts";
import { useClient } from "../context.ts";
import { moment } from "../format.ts";
import { AskDialog } from "../ask-dialog.tsx";
import { NameDialog } from "./name-dialog.tsx";

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
  const client = useClient();
  const sessions = new SessionsApi(client.api);
  const [open, setOpen] = useState<"name" | "end" | null>(null);
  const close = () => setOpen(null);
  const { id, name, current } = session;
  const title = titleOf(session);
  async function end() {
    await sessions.end(id);
    client.notices.say(t("sessions.ended"));
    again();
  }
  return (
    <li>
      <span class="own-thing">
        <span>
          <bdi>{title}</bdi> {current && <span class="pill quiet worded">{t("sessions.current")}</span>}
        </span>
        <span class="muted small-text">{factsOf(session).join(" · ")}</span>
      </span>
      <span class="card-buttons">
        <button type="button" class="button small" onClick={() => setOpen("name")}>
          {t("security.rename")}
          <span class="unseen"> {title}</span>
        </button>
        {!current && (
          <button type="button" class="button small danger" onClick={() => setOpen("end")}>
            {t("sessions.end")}
            <span class="unseen"> {title}</span>
          </button>
        )}
      </span>
      {open === "name" && (
        <NameDialog
          title={t("security.rename")}
          action={t("security.save")}
          hint={t("sessions.nameHint")}
          name={name}
          optional
          save={async (next) => {
            await sessions.rename(id, next);
            again();
          }}
          onClose={close}
        />
      )}
      {open === "end" && (
        <AskDialog
          title={t("sessions.endTitle", { name: title })}
          text={t("sessions.endText")}
          answer={t("sessions.end")}
          deed={end}
          onClose={close}
        />
      )}
    </li>
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
