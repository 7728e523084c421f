import { t } from "../platform/language.ts";
import { CloseIcon } from "./icons.tsx";

/** The way out of a dialog, a pane or a note. */
export function CloseButton({ small = false, onClose }: { small?: boolean; onClose: () => void }) {
  return (
    <button
      type="button"
      class={small ? "icon-button small" : "icon-button"}
      aria-label={t("dialog.close")}
      title={t("dialog.close")}
      onClick={onClose}
    >
      <CloseIcon />
    </button>
  );
}
