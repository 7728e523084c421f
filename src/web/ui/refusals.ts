import { ApiFailure, TooManyTries } from "../platform/http.ts";
import { isText, t } from "../platform/language.ts";

/** Codes that say in words of another what they mean. */
const alike: Readonly<Record<string, string>> = {
  not_member: "refusal.notFound",
  query_invalid: "search.invalid",
  too_many: "refusal.tooManyCodes",
  internal: "error.unreachable",
  picture_has_metadata: "refusal.notAPicture",
};

/**
 * Why the server said no, in the reader's language: in the text that is called like the code, which comes with what is said
 * beyond the first screen; codes without own words get a general one.
 */
export function refusalText(code: string | null): string {
  const id =
    alike[code ?? ""] ??
    `refusal.${(code ?? "").replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
  return isText(id) ? t(id) : t("refusal.other", { code: code ?? "" });
}

/** Why a request failed, in the reader's language. */
export function failureText(error: unknown): string {
  if (error instanceof ApiFailure) return refusalText(error.code);
  if (error instanceof TooManyTries) return t("error.tooMany", { count: error.seconds });
  return t("error.unreachable");
}
