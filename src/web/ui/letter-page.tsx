import { useEffect, useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { AuthForm } from "./auth-form.tsx";
import { AuthFrame } from "./auth-frame.tsx";
import { useClient } from "./context.ts";
import { handleOf, PasswordField } from "./credentials.tsx";
import { Field } from "./field.tsx";
import { failureText } from "./refusals.ts";
import { Welcome } from "./welcome.tsx";

/** What links in letters lead to, and a provider that names somebody new: another password, or the word that an address is one's own. */
export function LetterPage({ path }: { path: string }) {
  // What stands behind `#` reaches no server on the way, and stays in no history.
  const [ticket] = useState(() => location.hash.slice(1));
  useEffect(() => history.replaceState(null, "", location.pathname), []);
  if (path === "/welcome") return <Welcome ticket={ticket} />;
  if (path === "/confirm-email") return <ConfirmEmail ticket={ticket} />;
  return ticket === "" ? <AskForLetter /> : <NewPassword ticket={ticket} />;
}

function BackToSignIn() {
  return (
    <p class="auth-switch">
      <a href="/sign-in">{t("auth.signIn")}</a>
    </p>
  );
}

function AskForLetter() {
  const { session } = useClient();
  const [sent, setSent] = useState(false);
  const submit = async (value: (name: string) => string) => {
    const typed = value("who").trim();
    await session.ask("/auth/reset", /.@./u.test(typed) ? { email: typed } : { handle: handleOf(typed) });
    setSent(true);
  };
  return (
    <AuthFrame title={t("auth.forgotten")} lead={t("reset.lead")}>
      {sent ? (
        <p class="notice" role="status">
          {t("reset.sent")}
        </p>
      ) : (
        <AuthForm action={t("reset.send")} last="who" submit={submit}>
          {(problemAt) => (
            <Field
              name="who"
              label={t("reset.who")}
              hint={null}
              error={problemAt("who")}
              input={{ autocomplete: "username", autocapitalize: "none", required: true, autofocus: true }}
            />
          )}
        </AuthForm>
      )}
      <BackToSignIn />
    </AuthFrame>
  );
}

function NewPassword({ ticket }: { ticket: string }) {
  const { session } = useClient();
  const [done, setDone] = useState(false);
  const submit = async (value: (name: string) => string) => {
    await session.ask("/auth/reset/finish", { ticket, password: value("password") });
    setDone(true);
  };
  return (
    <AuthFrame title={t("reset.title")} lead={t("reset.ends")}>
      {done ? (
        <p class="notice" role="status">
          {t("reset.done")}
        </p>
      ) : (
        <AuthForm action={t("reset.save")} last="password" submit={submit}>
          {(problemAt) => <PasswordField isNew error={problemAt("password")} />}
        </AuthForm>
      )}
      <BackToSignIn />
    </AuthFrame>
  );
}

function ConfirmEmail({ ticket }: { ticket: string }) {
  const { session } = useClient();
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    session.ask("/auth/email/confirm", { ticket }).then(
      () => setText(t("email.confirmed")),
      (error: unknown) => setText(failureText(error)),
    );
  }, [session, ticket]);
  return (
    <AuthFrame title={t("email.title")} lead={t("email.lead")}>
      <p class="notice" role="status">
        {text ?? t("auth.busy")}
      </p>
      <BackToSignIn />
    </AuthFrame>
  );
}
