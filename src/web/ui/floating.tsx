import type { ComponentChildren } from "preact";
import { useModal } from "./use-modal.ts";

/** A point of the window, as a mouse gives it. */
export interface Point {
  x: number;
  y: number;
}

export interface FloatingProps {
  label: string;
  /** What it belongs to, and stands beside. */
  source: Element;
  /** Where it was asked for with a mouse; it then stands there. */
  at?: Point | null;
  onClose: () => void;
  children: ComponentChildren;
}

/** What opens beside something for a moment: next to it where there is a mouse, else as a sheet from below. */
export function Floating({ label, source, at = null, onClose, children }: FloatingProps) {
  const element = useModal(onClose, (dialog) => {
    if (matchMedia("(hover: hover)").matches) place(dialog, source, at);
    dialog.querySelector<HTMLElement>("[autofocus], button")?.focus();
  });
  return (
    <dialog
      ref={element}
      class="floating"
      // Else it would give the focus to a field, and a soft keyboard would come up.
      autofocus
      aria-label={label}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      onContextMenu={(event) => event.preventDefault()}
    >
      <div class="floating-body">{children}</div>
    </dialog>
  );
}

const gap = 4;
const margin = 8;

/** Below its source and aligned with its end, or wherever there is room. */
function place(dialog: HTMLElement, source: Element, at: Point | null): void {
  const anchor = at === null ? source.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
  const { offsetWidth: width, offsetHeight: height } = dialog;
  const within = (wanted: number, most: number) => Math.max(margin, Math.min(wanted, most - margin));
  const below = anchor.bottom + gap;
  const above = anchor.top - gap - height;
  const top = below + height <= innerHeight - margin || above < margin ? below : above;
  const alignsLeft = (document.dir === "rtl") === (at === null);
  const left = alignsLeft ? anchor.left : anchor.right - width;
  dialog.style.top = `${within(top, innerHeight - height)}px`;
  dialog.style.left = `${within(left, innerWidth - width)}px`;
}
