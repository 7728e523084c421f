import { parseJoinLink } from "#lib/join-link.ts";
import type { ServerInfo } from "#protocol/api.ts";
import type { TargetedSubmitEvent } from "preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { nextPlace } from "../domain/next.ts";
import { t, type TextId } from "../platform/language.ts";
import { ApiFailure } from "../platform/http.ts";
import { AccountElsewhere } from "./account-elsewhere.tsx";
import { useClient } from "./context.ts";
import { Field, textOf } from "./field.tsx";
import { Firefly } from "./icons.tsx";
import { failureText } from "./refusals.ts";

interface Problem {
  field: string | null;
  text: string;
}

const explained: Record<string, TextId> = {
  wrong_password: "auth.wrongPassword",
  handle_taken: "auth.handleTaken",
  handle_invalid: "auth.handleInvalid",
  handle_reserved: "refusal.handleReserved",
  sign_up_code_invalid: "refusal.signUpCodeInvalid",
  registration_closed: "auth.closed",
};

type Registration = ServerInfo["registration"];

/** What is said where nobody can sign up: there are no invitations yet that a form could take. */
const closedTexts: Record<Registration, { long: TextId; short: TextId } | null> = {
  open: null,
  invite: { long: "auth.invited", short: "auth.invitedShort" },
  approval: { long: "auth.invited", short: "auth.invitedShort" },
  closed: { long: "auth.closed", short: "auth.closedShort" },
};

function problemOf(error: unknown, passwordLength: number): Problem {
  if (!(error instanceof ApiFailure)) return { field: null, text: failureText(error) };
  const field = error.field ?? null;
  if (error.code === "password_too_short")
    return { field, text: t("auth.passwordTooShort", { count: passwordLength }) };
  const id = explained[error.code];
  return { field, text: id === undefined ? error.message : t(id) };
}

/** Sign in, or make an account. */
export function AuthPage({ mode, ended }: { mode: "in" | "up"; ended: boolean }) {
  const server = useClient().server.value;
  const closed = mode === "up" ? closedTexts[server?.registration ?? "open"] : null;
  const { query } = useLocation();
  const link = parseJoinLink(location.origin + nextPlace(query["next"], location.origin));
  return (
    <main class="auth">
      <div class="auth-card">
        <div class="auth-brand">
          <Firefly />
          <span class="wordmark">{server?.name ?? "Luciole"}</span>
        </div>
        <h1>{t(mode === "in" ? "auth.signInTitle" : "auth.signUpTitle")}</h1>
        <p class="auth-lead">
          {t(mode === "in" ? "auth.signInLead" : "auth.signUpLead", { host: server?.host ?? "" })}
        </p>
        {ended && mode === "in" && (
          <p class="notice" role="status">
            {t("auth.ended")}
          </p>
        )}
        {closed === null ? <AuthForm mode={mode} key={mode} /> : <p class="notice">{t(closed.long)}</p>}
        <AuthSwitch mode={mode} registration={server?.registration} />
        {link !== null && <AccountElsewhere link={link} />}
      </div>
      <p class="auth-foot">{t("auth.foot")}</p>
    </main>
  );
}

function AuthSwitch({ mode, registration }: { mode: "in" | "up"; registration: Registration | undefined }) {
  const closed = mode === "in" ? closedTexts[registration ?? "open"] : null;
  if (closed !== null) return <p class="auth-switch muted">{t(closed.short)}</p>;
  return (
    <p class="auth-switch">
      {t(mode === "in" ? "auth.noAccount" : "auth.haveAccount")}{" "}
      <a href={mode === "in" ? "/sign-up" : "/sign-in"}>{t(mode === "in" ? "auth.signUp" : "auth.signIn")}</a>
    </p>
  );
}

function AuthForm({ mode }: { mode: "in" | "up" }) {
  const { session, server } = useClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const passwordLength = server.value?.limits.passwordLength ?? 8;

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const value = (name: string) => textOf(form, name);
    const credentials = { handle: value("handle").trim().replace(/^@/u, ""), password: value("password") };
    setBusy(true);
    setProblem(null);
    try {
      await (mode === "in" ? session.signIn(credentials) : session.signUp(credentials));
    } catch (error) {
      const found = problemOf(error, passwordLength);
      setProblem(found);
      form.querySelector<HTMLElement>(`[name="${found.field ?? "password"}"]`)?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <AuthFields mode={mode} problem={problem} passwordLength={passwordLength} />
      <button class="button primary wide" type="submit" disabled={busy}>
        {t(busy ? "auth.busy" : mode === "in" ? "auth.signIn" : "auth.signUp")}
      </button>
    </form>
  );
}

interface FieldsProps {
  mode: "in" | "up";
  problem: Problem | null;
  passwordLength: number;
}

function AuthFields({ mode, problem, passwordLength }: FieldsProps) {
  const server = useClient().server.value;
  const isNew = mode === "up";
  const atHandle = problem?.field === "handle";
  return (
    <>
      <Field
        name="handle"
        label={t("auth.handle")}
        hint={isNew ? t("auth.handleHint", { host: server?.host ?? "" }) : null}
        error={atHandle ? problem.text : null}
        input={{
          autocomplete: "username",
          autocapitalize: "none",
          spellcheck: false,
          required: true,
          autofocus: true,
        }}
      />
      <Field
        name="password"
        label={t("auth.password")}
        hint={isNew ? t("auth.passwordHint", { count: passwordLength }) : null}
        error={problem === null || atHandle ? null : problem.text}
        input={{
          type: "password",
          autocomplete: isNew ? "new-password" : "current-password",
          required: true,
        }}
      />
    </>
  );
}
