import type { AllowedApp } from "#protocol/apps.ts";
import { useState } from "preact/hooks";
import { textOfScope } from "../../domain/consent.ts";
import { t } from "../../platform/language.ts";
import { SessionsApi } from "../../platform/sessions-api.ts";
import { useClient } from "../context.ts";
import { longDate, moment } from "../format.ts";
import { AskDialog } from "../ask-dialog.tsx";
import { RowButton } from "../row-button.tsx";

interface AppsProps {
  apps: readonly AllowedApp[];
  again: () => void;
}

/** Which apps of others one has let in, and what each may do. */
export function AppsCard({ apps, again }: AppsProps) {
  return (
    <section class="settings-card" aria-labelledby="apps-title">
      <h2 id="apps-title">{t("apps.title")}</h2>
      {apps.length === 0 ? (
        <p class="muted small-text">{t("apps.none")}</p>
      ) : (
        <ul class="own-things">
          {apps.map((app) => (
            <AppRow key={app.id} app={app} again={again} />
          ))}
        </ul>
      )}
    </section>
  );
}

function AppRow({ app, again }: { app: AllowedApp; again: () => void }) {
  const { api, notices } = useClient();
  const [asks, setAsks] = useState(false);
  const { id, name, website, scopes, allowedAt, seenAt } = app;
  const facts = [
    ...(website === null ? [] : [new URL(website).host]),
    t("apps.since", { date: longDate(allowedAt) }),
    ...(seenAt === null ? [] : [t("sessions.seen", { time: moment(seenAt) })]),
  ];
  async function remove() {
    await new SessionsApi(api).removeApp(id);
    notices.say(t("apps.removed"));
    again();
  }
  return (
    <li>
      <span class="own-thing">
        <bdi>{name}</bdi>
        <span class="muted small-text">{facts.join(" · ")}</span>
        <ul class="app-scopes small-text">
          {scopes.map((scope) => {
            const text = textOfScope(scope);
            return <li key={scope}>{text === null ? t("consent.part", { scope }) : t(text)}</li>;
          })}
        </ul>
      </span>
      <span class="card-buttons">
        <RowButton of={name} kind="danger" onClick={() => setAsks(true)}>
          {t("security.remove")}
        </RowButton>
      </span>
      {asks && (
        <AskDialog
          title={t("apps.removeTitle", { name })}
          text={t("apps.removeText")}
          answer={t("security.remove")}
          deed={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </li>
  );
}
