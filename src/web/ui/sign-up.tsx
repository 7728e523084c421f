import type { ServerInfo } from "#protocol/api.ts";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { AuthForm } from "./auth-form.tsx";
import { useClient } from "./context.ts";
import { Credentials, handleOf } from "./credentials.tsx";
import { Field } from "./field.tsx";

interface SignUpProps {
  registration: ServerInfo["registration"];
  /** An invitation that somebody came with. */
  code: string;
}

/** What somebody says who wants an account: where people are invited their invitation, where somebody agrees first why. */
export function SignUp({ registration, code }: SignUpProps) {
  const { session } = useClient();
  const [waits, setWaits] = useState(false);
  if (waits) {
    return (
      <p class="notice" role="status">
        {t("auth.waiting")}
      </p>
    );
  }
  const isAsked = registration === "approval" && code === "";
  const submit = async (value: (name: string) => string) => {
    const given = ["code", "email", "reason"].map((name) => [name, value(name).trim()] as const);
    const wish = { handle: handleOf(value("handle")), password: value("password") };
    const details = Object.fromEntries(given.filter(([, text]) => text !== ""));
    setWaits(!(await session.signUp({ ...wish, ...details })));
  };
  return (
    <AuthForm action={t(isAsked ? "auth.ask" : "auth.signUp")} last="password" submit={submit}>
      {(problemAt) => (
        <>
          {(registration === "invite" || code !== "") && (
            <Field
              name="code"
              label={t("auth.invitation")}
              hint={code === "" ? t("auth.invitationHint") : null}
              error={problemAt("code")}
              input={{ required: true, defaultValue: code, autocapitalize: "none", spellcheck: false }}
            />
          )}
          <Credentials isNew problemAt={problemAt} />
          {isAsked && (
            <>
              <Field
                name="email"
                label={t("auth.email")}
                hint={t("auth.emailHint")}
                error={problemAt("email")}
                input={{ type: "email", autocomplete: "email" }}
              />
              <Field
                name="reason"
                label={t("auth.reason")}
                hint={t("auth.reasonHint")}
                error={problemAt("reason")}
                input={{ maxLength: 1_000 }}
              />
            </>
          )}
        </>
      )}
    </AuthForm>
  );
}
