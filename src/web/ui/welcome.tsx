import type { ProviderNewcomer } from "#protocol/issuers.ts";
import { useLocation } from "preact-iso";
import { nextPlace } from "../domain/next.ts";
import { t } from "../platform/language.ts";
import { AuthForm } from "./auth-form.tsx";
import { AuthFrame } from "./auth-frame.tsx";
import { useClient } from "./context.ts";
import { handleOf } from "./credentials.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";
import { useFetched } from "./use-fetched.ts";

/** Asks whoever came in by a provider for the first time under which handle they want to be found. */
export function Welcome({ ticket }: { ticket: string }) {
  const { session, server } = useClient();
  const { query, route } = useLocation();
  const { answer, failure } = useFetched(
    () => session.ask<ProviderNewcomer>("/auth/providers/look", { ticket }),
    ticket,
  );
  const host = server.value?.host ?? location.host;
  async function submit(value: (name: string) => string) {
    await session.enterWithHandle({ ticket, handle: handleOf(value("handle")) });
    route(nextPlace(query["next"], location.origin), true);
  }
  return (
    <AuthFrame title={t("welcome.title")} lead={t("welcome.lead", { host })}>
      <Failure text={failure} />
      {answer !== null && (
        <AuthForm action={t("auth.signUp")} last="handle" submit={submit}>
          {(problemAt) => (
            <Field
              name="handle"
              label={t("auth.handle")}
              hint={t("auth.handleHint", { host })}
              error={problemAt("handle")}
              input={{
                required: true,
                autofocus: true,
                autocapitalize: "none",
                autocomplete: "username",
                spellcheck: false,
                defaultValue: answer.handle,
                maxLength: server.value?.limits.handleLength ?? 30,
              }}
            />
          )}
        </AuthForm>
      )}
      <p class="auth-switch">
        <a href="/sign-in">{t("auth.restart")}</a>
      </p>
    </AuthFrame>
  );
}
