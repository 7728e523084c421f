import type { JoinLink } from "#lib/join-link.ts";
import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { joinAt } from "../domain/links.ts";
import { t } from "../platform/language.ts";
import { Field, textOf } from "./field.tsx";

/** The way of somebody with an account on another server, who has a link into a group of this one: there they ask to come in. */
export function AccountElsewhere({ link }: { link: JoinLink }) {
  const [error, setError] = useState<string | null>(null);
  function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const place = joinAt(textOf(event.currentTarget, "account"), link);
    if (place === null) setError(t("refusal.addressInvalid"));
    else location.assign(place);
  }
  return (
    <details class="auth-elsewhere">
      <summary>{t("auth.elsewhere")}</summary>
      <form class="form" onSubmit={submit}>
        <Field
          name="account"
          label={t("new.address")}
          hint={t("auth.elsewhereHint")}
          error={error}
          input={{
            required: true,
            autocapitalize: "none",
            autocomplete: "off",
            spellcheck: false,
            placeholder: "@name@server.example",
          }}
        />
        <button class="button wide" type="submit">
          {t("auth.elsewhereGo")}
        </button>
      </form>
    </details>
  );
}
