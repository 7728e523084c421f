import type { Confirmable } from "#protocol/sign-in.ts";
import { useEffect, useState } from "preact/hooks";
import { askForPasskey, showAgain, type ShownAgain, waysToConfirm } from "../platform/confirmation.ts";
import { t } from "../platform/language.ts";
import { provePasskey } from "../platform/passkeys.ts";
import { AuthForm } from "./auth-form.tsx";
import { useClient } from "./context.ts";
import { PasswordField } from "./credentials.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";
import { PasskeyButton } from "./passkey-button.tsx";
import { useFetched } from "./use-fetched.ts";

interface ConfirmProps {
  onConfirmed: () => void;
  onClose: () => void;
}

type Typed = "password" | "totp";

/** Asks once more who somebody is, by whatever their account has for that. */
export function ConfirmDialog({ onConfirmed, onClose }: ConfirmProps) {
  const { session } = useClient();
  const { answer: ways, failure } = useFetched(() => waysToConfirm(session), "ways");
  const show = async (shown: ShownAgain) => {
    await showAgain(session, shown);
    onConfirmed();
  };
  return (
    <Dialog title={t("confirm.title")} onClose={onClose}>
      <Failure text={failure} />
      {ways !== null && <Ways ways={ways} show={show} />}
    </Dialog>
  );
}

interface WaysProps {
  ways: Confirmable["ways"];
  show: (shown: ShownAgain) => Promise<void>;
}

function Ways({ ways, show }: WaysProps) {
  const { session } = useClient();
  const typed = (["password", "totp"] as const).filter((way) => ways.includes(way));
  const [chosen, setChosen] = useState<Typed>(typed[0] ?? "password");
  const other = typed.find((way) => way !== chosen);
  if (ways.includes("signedInLately")) return <Lately show={show} />;
  if (ways.length === 0) return <SignInAnew />;
  const usePasskey = async () => {
    const { ticket, options } = await askForPasskey(session);
    const answer = await provePasskey(options);
    if (answer !== null) await show({ passkey: { ticket, answer } });
  };
  return (
    <>
      <p>{t("confirm.text")}</p>
      {typed.length > 0 && <Shown key={chosen} way={chosen} show={show} />}
      {ways.includes("passkey") && <PasskeyButton text={t("auth.usePasskey")} use={usePasskey} />}
      {other !== undefined && (
        <button type="button" class="link-button" onClick={() => setChosen(other)}>
          {t(other === "totp" ? "confirm.useCode" : "confirm.usePassword")}
        </button>
      )}
    </>
  );
}

function Shown({ way, show }: { way: Typed; show: WaysProps["show"] }) {
  return (
    <AuthForm
      action={t("confirm.go")}
      last={way}
      submit={(value) => show(way === "totp" ? { totp: value("totp") } : { password: value("password") })}
    >
      {(problemAt) =>
        way === "password" ? (
          <PasswordField isNew={false} error={problemAt("password")} autofocus />
        ) : (
          <Field
            name="totp"
            label={t("auth.code")}
            hint={t("confirm.codeHint")}
            error={problemAt("totp")}
            input={{ autocomplete: "one-time-code", inputMode: "numeric", required: true, autofocus: true }}
          />
        )
      }
    </AuthForm>
  );
}

/** Who has just come from a provider has nothing more to show. */
function Lately({ show }: { show: WaysProps["show"] }) {
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    show({ signedInLately: true }).catch(() => setFailed(true));
  }, []);
  return failed ? <SignInAnew /> : null;
}

function SignInAnew() {
  const client = useClient();
  return (
    <>
      <p>{t("confirm.anew")}</p>
      <button type="button" class="button wide" onClick={() => void client.signOut()}>
        {t("settings.signOut")}
      </button>
    </>
  );
}
