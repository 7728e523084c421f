import { t } from "../platform/language.ts";
import { useClient } from "./context.ts";
import { Field } from "./field.tsx";

interface CredentialsProps {
  isNew: boolean;
  problemAt: (field: string) => string | null;
}

/** Handle and password. */
export function Credentials({ isNew, problemAt }: CredentialsProps) {
  const server = useClient().server.value;
  return (
    <>
      <Field
        name="handle"
        label={t("auth.handle")}
        hint={isNew ? t("auth.handleHint", { host: server?.host ?? "" }) : null}
        error={problemAt("handle")}
        input={{
          autocomplete: "username",
          autocapitalize: "none",
          spellcheck: false,
          required: true,
          autofocus: true,
        }}
      />
      <PasswordField isNew={isNew} error={problemAt("password")} />
    </>
  );
}

interface PasswordProps {
  isNew: boolean;
  error: string | null;
  autofocus?: boolean;
}

/** A password, or one that is new. */
export function PasswordField({ isNew, error, autofocus = false }: PasswordProps) {
  const count = useClient().server.value?.limits.passwordLength ?? 8;
  return (
    <Field
      name="password"
      label={t("auth.password")}
      hint={isNew ? t("auth.passwordHint", { count }) : null}
      error={error}
      input={{
        type: "password",
        autocomplete: isNew ? "new-password" : "current-password",
        required: true,
        autofocus,
      }}
    />
  );
}

/** What the server reads as a handle. */
export function handleOf(typed: string): string {
  return typed.trim().replace(/^@/u, "");
}
