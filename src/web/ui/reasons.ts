import { isText, t } from "../platform/language.ts";

/** Why a delivery is as it is, in the reader's language; empty where nothing is to be said. */
export function reasonText(reason: string | null): string {
  if (reason === null) return "";
  const id = `reason.${reason}`;
  return isText(id) ? t(id) : t("reason.other", { code: reason.replace(/^http_/, "") });
}
