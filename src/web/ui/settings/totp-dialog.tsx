import type { NewTotp } from "#protocol/sign-in.ts";
import { encode } from "uqr";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useCopy } from "../copy.ts";
import { Dialog } from "../dialog.tsx";
import { Field } from "../field.tsx";
import { CopyIcon } from "../icons.tsx";
import { NotConfirmed } from "../not-confirmed.ts";

interface TotpProps {
  begun: NewTotp;
  confirm: (code: string) => Promise<void>;
  onClose: () => void;
}

/** Hands a secret over to an app that shows codes, and waits for one of them. */
export function TotpDialog({ begun: { secret, uri }, confirm, onClose }: TotpProps) {
  const copy = useCopy();
  async function submit(value: (name: string) => string) {
    try {
      await confirm(value("code").replaceAll(/\s/gu, ""));
    } catch (error) {
      if (!(error instanceof NotConfirmed)) throw error;
    }
  }
  return (
    <Dialog title={t("totp.title")} onClose={onClose}>
      <p>{t("totp.scan")}</p>
      <QrCode text={uri} label={t("totp.qr")} />
      <p class="small-text muted">{t("totp.type")}</p>
      <button type="button" class="copy-address" onClick={() => void copy(secret, t("totp.copied"))}>
        <bdi class="secret" dir="ltr">
          {inFours(secret)}
        </bdi>
        <CopyIcon />
        <span class="unseen">{t("totp.copy")}</span>
      </button>
      <AuthForm action={t("totp.finish")} last="code" submit={submit}>
        {(problemAt) => (
          <Field
            name="code"
            label={t("totp.code")}
            hint={t("totp.codeHint")}
            error={problemAt("code")}
            input={{ autocomplete: "one-time-code", inputMode: "numeric", required: true, maxLength: 12 }}
          />
        )}
      </AuthForm>
    </Dialog>
  );
}

function inFours(secret: string): string {
  return secret.match(/.{1,4}/gu)?.join(" ") ?? secret;
}

/** Dark on light, whatever the theme: many a camera reads no other. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { border: 2 });
  const dots = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={dots.join("")} />
    </svg>
  );
}
