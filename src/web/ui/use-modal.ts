import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Opens a dialog over everything for as long as it is there: the focus goes where `ready` puts it, stays in, and returns to
 * where it was. `onClose` is asked for once, however the browser closes it: Esc without anything done since the last Esc
 * closes at once, and is not to be prevented.
 */
export function useModal(
  onClose: () => void,
  ready: (dialog: HTMLDialogElement) => void,
): RefObject<HTMLDialogElement | null> {
  const element = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const dialog = element.current!;
    const opener = document.activeElement;
    const cancel = (event: Event): void => {
      if (event.target !== dialog) return;
      event.preventDefault();
      close.current();
    };
    const closed = (): void => close.current();
    dialog.addEventListener("cancel", cancel);
    dialog.addEventListener("close", closed);
    dialog.showModal();
    ready(dialog);
    return () => {
      dialog.removeEventListener("close", closed);
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return element;
}
