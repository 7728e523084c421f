import type { PasskeyChallenge, SecondStep } from "#protocol/sign-in.ts";
import { useState } from "preact/hooks";
import { t } from "../platform/language.ts";
import { provePasskey } from "../platform/passkeys.ts";
import { AuthForm } from "./auth-form.tsx";
import { useClient } from "./context.ts";
import { Credentials, handleOf } from "./credentials.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";
import { longDate } from "./format.ts";
import { PasskeyButton } from "./passkey-button.tsx";
import { ProviderWays, takeSecondStep } from "./provider-ways.tsx";

/** Handle and password, what more is asked for after them, and the way in without them. */
export function SignIn({ ended }: { ended: boolean }) {
  const { session } = useClient();
  const [step, setStep] = useState<SecondStep | null>(takeSecondStep);
  if (step !== null) return <SecondStepForm step={step} restart={() => setStep(null)} />;
  const enter = async () => {
    const { ticket, options } = await session.ask<PasskeyChallenge>("/auth/passkey/begin");
    const passkey = await provePasskey(options);
    if (passkey !== null) setStep(await session.enterWithPasskey({ ticket, passkey }));
  };
  return (
    <>
      {ended && (
        <p class="notice" role="status">
          {t("auth.ended")}
        </p>
      )}
      <AuthForm
        action={t("auth.signIn")}
        last="password"
        submit={async (value) =>
          setStep(await session.signIn({ handle: handleOf(value("handle")), password: value("password") }))
        }
      >
        {(problemAt) => <Credentials isNew={false} problemAt={problemAt} />}
      </AuthForm>
      <PasskeyButton text={t("auth.withPasskey")} use={enter} />
      <ProviderWays />
      <p class="auth-switch">
        <a href="/reset">{t("auth.forgotten")}</a>
      </p>
    </>
  );
}

/** A code of an authenticator or one that was kept, or a passkey. */
function SecondStepForm({ step, restart }: { step: SecondStep; restart: () => void }) {
  const { session } = useClient();
  const { factors, passkey: options, endsAt } = step;
  // Whoever goes on to an account that is ending keeps it.
  const ticket = { ticket: step.ticket, ...(endsAt !== null && { keep: true as const }) };
  const hasCodes = factors.includes("totp") || factors.includes("recovery");
  const enter = async () => {
    const passkey = options && (await provePasskey(options));
    if (passkey !== null) await session.finishSignIn({ ...ticket, passkey });
  };
  return (
    <>
      {endsAt !== null && <p class="notice">{t("auth.endingLead", { date: longDate(endsAt) })}</p>}
      {endsAt !== null && factors.length === 0 && (
        <AuthForm
          action={t("auth.keep")}
          last="keep"
          submit={() => session.finishSignIn({ ticket: step.ticket, keep: true })}
        >
          {(problemAt) => <Failure text={problemAt("keep")} />}
        </AuthForm>
      )}
      {hasCodes && (
        <AuthForm
          action={t("auth.goOn")}
          last="code"
          submit={async (value) => {
            const code = value("code").replaceAll(/\s/gu, "");
            await session.finishSignIn({
              ...ticket,
              ...(/^\d{6}$/u.test(code) ? { totp: code } : { recovery: code }),
            });
          }}
        >
          {(problemAt) => (
            <Field
              name="code"
              label={t("auth.code")}
              hint={t("auth.codeHint")}
              error={problemAt("code")}
              input={{
                autocomplete: "one-time-code",
                autocapitalize: "none",
                spellcheck: false,
                required: true,
                autofocus: true,
              }}
            />
          )}
        </AuthForm>
      )}
      {options !== null && <PasskeyButton text={t("auth.usePasskey")} use={enter} />}
      <p class="auth-switch">
        <button class="link-button" type="button" onClick={restart}>
          {t("auth.restart")}
        </button>
      </p>
    </>
  );
}
