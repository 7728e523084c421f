import { useState } from "preact/hooks";
import { t } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { useClient } from "../context.ts";
import { PasswordField } from "../credentials.tsx";
import { Dialog } from "../dialog.tsx";
import { NotConfirmed } from "../not-confirmed.ts";
import type { CardProps } from "./security.tsx";
import { StandingCard } from "./standing-card.tsx";

/** Another password, or a first one. */
export function PasswordCard({ standing, change }: CardProps) {
  const [open, setOpen] = useState(false);
  const { hasPassword } = standing;
  return (
    <StandingCard
      title={t("auth.password")}
      state={t(hasPassword ? "security.set" : "security.none")}
      isOn={hasPassword}
    >
      <div class="card-buttons">
        <button type="button" class="button" onClick={() => setOpen(true)}>
          {t(hasPassword ? "password.change" : "password.choose")}
        </button>
      </div>
      {open && <PasswordDialog change={change} onClose={() => setOpen(false)} />}
    </StandingCard>
  );
}

function PasswordDialog({ change, onClose }: Pick<CardProps, "change"> & { onClose: () => void }) {
  const { notices, session } = useClient();
  async function submit(value: (name: string) => string) {
    try {
      await change((api) => api.choosePassword(value("password")));
    } catch (error) {
      if (error instanceof NotConfirmed) return;
      throw error;
    }
    notices.say(t("password.changed"));
    onClose();
  }
  return (
    <Dialog title={t("reset.title")} onClose={onClose}>
      <p>{t("password.ends")}</p>
      <AuthForm action={t("reset.save")} last="password" submit={submit}>
        {(problemAt) => (
          <>
            {/* So that a browser that keeps passwords knows whose this is. */}
            <input
              class="unseen"
              type="text"
              autocomplete="username"
              value={session.person.value?.handle ?? ""}
              readOnly
              tabIndex={-1}
              aria-hidden="true"
            />
            <PasswordField isNew error={problemAt("password")} autofocus />
          </>
        )}
      </AuthForm>
    </Dialog>
  );
}
