import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { Dialog } from "../dialog.tsx";
import { Failure } from "../failure.tsx";
import { Field } from "../field.tsx";
import { NotConfirmed } from "../not-confirmed.ts";
import { useDeed } from "../use-deed.ts";
import type { CardProps } from "./security.tsx";
import { StandingCard } from "./standing-card.tsx";

/** Where one is reached, and what is yet to be confirmed. */
export function EmailCard({ standing, change }: CardProps) {
  const [open, setOpen] = useState(false);
  /** What a letter is on its way to, which may not have been written yet. */
  const [asked, setAsked] = useState<string | null>(null);
  const { busy, failure, run } = useDeed();
  const { email, mails } = standing.email;
  const waiting = standing.email.waiting ?? (asked === email ? null : asked);
  const remove = () =>
    run(
      () => change((api) => api.chooseEmail(null)),
      () => setAsked(null),
    );
  return (
    <StandingCard
      title={t("email.address")}
      state={email ?? t("security.none")}
      isOn={email !== null}
      text={t(mails ? "email.text" : "email.off")}
    >
      {waiting !== null && (
        <p class="notice" role="status">
          {t("email.waiting", { email: waiting })}
        </p>
      )}
      <Failure text={failure} />
      <div class="card-buttons">
        {mails && (
          <button type="button" class="button" onClick={() => setOpen(true)}>
            {t(email === null ? "email.add" : "email.change")}
          </button>
        )}
        {(email !== null || waiting !== null) && (
          <button type="button" class="button danger" disabled={busy} onClick={() => void remove()}>
            {t("email.remove")}
          </button>
        )}
      </div>
      {open && <EmailDialog change={change} onAsked={setAsked} onClose={() => setOpen(false)} />}
    </StandingCard>
  );
}

interface EmailProps extends Pick<CardProps, "change"> {
  onAsked: (email: string) => void;
  onClose: () => void;
}

function EmailDialog({ change, onAsked, onClose }: EmailProps) {
  async function submit(value: (name: string) => string) {
    const email = value("email").trim();
    try {
      await change((api) => api.chooseEmail(email));
    } catch (error) {
      if (error instanceof NotConfirmed) return;
      throw error;
    }
    onAsked(email);
    onClose();
  }
  return (
    <Dialog title={t("email.address")} onClose={onClose}>
      <AuthForm action={t("reset.send")} last="email" submit={submit}>
        {(problemAt) => (
          <Field
            name="email"
            label={t("email.address")}
            hint={t("email.hint")}
            error={problemAt("email")}
            input={{ type: "email", autocomplete: "email", required: true, autofocus: true, maxLength: 254 }}
          />
        )}
      </AuthForm>
    </Dialog>
  );
}
