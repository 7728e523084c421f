import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { CloseButton } from "./close-button.tsx";
import { useModal } from "./use-modal.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal dialog: the focus goes in, stays in, and returns to where it was; Esc and a click beside it close it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const id = useId();
  const element = useModal(onClose, (dialog) => {
    (dialog.querySelector<HTMLElement>("[autofocus]") ?? dialog.querySelector("h2"))?.focus();
  });
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-bar">
          <h2 id={id} tabIndex={-1}>
            {title}
          </h2>
          <CloseButton onClose={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
