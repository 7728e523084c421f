import { ApiFailure } from "../platform/http.ts";
import { t, type TextId } from "../platform/language.ts";
import { failureText } from "./refusals.ts";

export interface Problem {
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

/** What went wrong, and at which field. */
export function problemOf(error: unknown, passwordLength: number): Problem {
  if (!(error instanceof ApiFailure)) return { field: null, text: failureText(error) };
  const field = error.field ?? null;
  if (error.code === "password_too_short")
    return { field, text: t("auth.passwordTooShort", { count: passwordLength }) };
  const id = explained[error.code];
  return { field, text: id === undefined ? failureText(error) : t(id) };
}
