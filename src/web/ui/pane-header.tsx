import { CloseButton } from "./close-button.tsx";

/** The title of the third pane, and the way out of it. */
export function PaneHeader({ title, onClose }: { title: string; onClose: () => void }) {
  return (
    <header class="bar">
      <h2 class="bar-title">{title}</h2>
      <CloseButton onClose={onClose} />
    </header>
  );
}
