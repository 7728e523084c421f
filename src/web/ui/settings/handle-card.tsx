import type { HandleState } from "#protocol/handle.ts";
import { useState } from "preact/hooks";
import { changeHandle, readHandle } from "../../platform/handle-api.ts";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { Field } from "../field.tsx";
import { longDate } from "../format.ts";
import { NotConfirmed } from "../not-confirmed.ts";
import { useConfirmed } from "../use-confirmed.ts";
import { useFetched } from "../use-fetched.ts";

/** Another handle: what comes of it is said before. */
export function HandleCard() {
  const { api, server, session } = useClient();
  const { confirmed, dialog } = useConfirmed();
  const [done, setDone] = useState("");
  const handle = session.person.value?.handle ?? "";
  // Another session may have taken another one.
  const { answer, failure, again } = useFetched(() => readHandle(api.request), handle);
  async function submit(value: (name: string) => string) {
    setDone("");
    try {
      const after = await confirmed((request) => changeHandle(request, value("handle")));
      setDone(t("handle.done", { handle: `@${after.handle}` }));
      again();
    } catch (error) {
      if (!(error instanceof NotConfirmed)) throw error;
    }
  }
  return (
    <section class="settings-card">
      <h2>{t("handle.title")}</h2>
      <Failure text={failure} />
      {answer !== null && <State state={answer} />}
      {answer !== null && (
        <AuthForm key={handle} action={t("handle.change")} last="handle" submit={submit}>
          {(problemAt) => (
            <Field
              name="handle"
              label={t("handle.new")}
              hint={t("auth.handleHint", { host: server.value?.host ?? location.host })}
              error={problemAt("handle")}
              input={{
                required: true,
                autocapitalize: "none",
                autocomplete: "off",
                spellcheck: false,
                maxLength: server.value?.limits.handleLength ?? 30,
              }}
            />
          )}
        </AuthForm>
      )}
      <p role="status">{done}</p>
      {dialog}
    </section>
  );
}

function State({ state: { handle, held, changeableAt, graceDays } }: { state: HandleState }) {
  return (
    <>
      <p>
        <strong>{t("handle.now", { handle: `@${handle}` })}</strong>
      </p>
      <p class="muted small-text">{t("handle.text", { count: graceDays })}</p>
      {held.map(({ handle: former, until }) => (
        <p key={former}>{t("handle.kept", { handle: `@${former}`, date: longDate(until) })}</p>
      ))}
      {changeableAt !== null && <p>{t("handle.wait", { date: longDate(changeableAt) })}</p>}
    </>
  );
}
