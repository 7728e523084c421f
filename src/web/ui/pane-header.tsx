import { t } from "../platform/language.ts";
import { CloseIcon } from "./icons.tsx";

/** The title of the third pane, and the way out of it. */
export function PaneHeader({ title, onClose }: { title: string; onClose: () => void }) {
  return (
    <header class="bar">
      <h2 class="bar-title">{title}</h2>
      <button
        type="button"
        class="icon-button"
        aria-label={t("dialog.close")}
        title={t("dialog.close")}
        onClick={onClose}
      >
        <CloseIcon />
      </button>
    </header>
  );
}
