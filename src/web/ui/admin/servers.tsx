import type { ServerRule } from "#protocol/admin.ts";
import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useClient } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { Field } from "../field.tsx";
import { longDate } from "../format.ts";
import { useFetched } from "../use-fetched.ts";
import { RowButton } from "../row-button.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import { NoteField, RuleFacts } from "./fields.tsx";
import { useAdmin } from "./use-admin.ts";

const levels = ["suspend", "silence", "reject-media", "allow"] as const;

/** With which servers this one talks. */
export function Servers() {
  const admin = useAdmin();
  const { notices } = useClient();
  const { answer, failure, again } = useFetched(admin.servers, "servers");
  const [round, setRound] = useState(0);
  const [changing, setChanging] = useState<ServerRule | null>(null);
  const [forgetting, setForgetting] = useState<ServerRule | null>(null);
  const decide = (known: ServerRule | null) => async (value: (name: string) => string) => {
    const level = levels.find((one) => one === value("level")) ?? "silence";
    const decision = { level, note: value("note") };
    const { host } = await admin.decideServer(known?.host ?? value("host").trim(), decision);
    notices.say(t("server.decided", { host, level: t(`level.${level}`) }));
    setChanging(null);
    setRound(round + 1);
    again();
  };
  return (
    <>
      <Failure text={failure} />
      {answer?.servers.length === 0 && <p class="muted office-empty">{t("server.none")}</p>}
      <ul class="office-list">
        {answer?.servers.map((rule) => (
          <ServerRow
            key={rule.host}
            rule={rule}
            onChange={() => setChanging(rule)}
            onForget={() => setForgetting(rule)}
          />
        ))}
      </ul>
      <section class="settings-card" aria-labelledby="server-new">
        <h2 id="server-new">{t("server.new")}</h2>
        <ServerForm key={round} known={null} submit={decide(null)} />
      </section>
      {changing !== null && (
        <Dialog title={changing.host} onClose={() => setChanging(null)}>
          <ServerForm known={changing} submit={decide(changing)} />
        </Dialog>
      )}
      {forgetting !== null && (
        <DecisionDialog
          decision={{
            title: t("server.forgetTitle", { host: forgetting.host }),
            text: t("server.forgetText"),
            answer: t("admin.takeBack"),
            done: t("server.forgotten", { host: forgetting.host }),
            run: () => admin.forgetServer(forgetting.host),
          }}
          onDone={again}
          onClose={() => setForgetting(null)}
        />
      )}
    </>
  );
}

interface ServerFormProps {
  known: ServerRule | null;
  submit: (value: (name: string) => string) => Promise<void>;
}

function ServerForm({ known, submit }: ServerFormProps) {
  return (
    <AuthForm action={t(known === null ? "network.make" : "admin.save")} last="note" submit={submit}>
      {(problemAt) => (
        <>
          {known === null && (
            <Field
              name="host"
              label={t("server.host")}
              hint={t("server.hostHint")}
              error={problemAt("host")}
              input={{
                required: true,
                maxLength: 260,
                autocapitalize: "none",
                spellcheck: false,
                dir: "ltr",
              }}
            />
          )}
          <fieldset class="option-cards">
            <legend class="field-label">{t("server.level")}</legend>
            {levels.map((level) => (
              <label key={level} class="option-card">
                <input
                  type="radio"
                  name="level"
                  value={level}
                  defaultChecked={level === (known?.level ?? "silence")}
                />
                <span>
                  {t(`level.${level}`)}
                  <span class="option-text">{t(`level.${level}Text`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <NoteField error={problemAt("note")} note={known?.note ?? ""} />
        </>
      )}
    </AuthForm>
  );
}

interface ServerRowProps {
  rule: ServerRule;
  onChange: () => void;
  onForget: () => void;
}

function ServerRow({ rule: { host, level, note, createdAt }, onChange, onForget }: ServerRowProps) {
  return (
    <li class="office-row">
      <RuleFacts of={host} facts={t("admin.since", { date: longDate(createdAt) })} note={note} />
      <span class="office-facts">
        <span class={level === "suspend" ? "badge warns" : "badge"}>{t(`level.${level}`)}</span>
      </span>
      <span class="office-buttons">
        <RowButton of={host} onClick={onChange}>
          {t("admin.change")}
        </RowButton>
        <RowButton of={host} onClick={onForget}>
          {t("admin.takeBack")}
        </RowButton>
      </span>
    </li>
  );
}
