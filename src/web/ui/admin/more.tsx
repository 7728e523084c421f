import { t } from "../../platform/language.ts";

/** The way to the next page of a list, while there is one. */
export function More({ more }: { more: (() => void) | null }) {
  if (more === null) return null;
  return (
    <button type="button" class="button" onClick={more}>
      {t("admin.more")}
    </button>
  );
}
