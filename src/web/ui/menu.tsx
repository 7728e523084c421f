import type { ComponentChildren } from "preact";
import { Floating, type Point } from "./floating.tsx";
import { moveInList } from "./regions.ts";

interface MenuProps {
  label: string;
  /** What it belongs to. */
  source: Element;
  at?: Point | null;
  /** What besides its items the arrow keys lead to. */
  also?: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A menu beside what it belongs to; arrow keys move in it, Tab leaves it. */
export function Menu({ label, source, at = null, also, onClose, children }: MenuProps) {
  const stops = also === undefined ? ".menu-item" : `${also}, .menu-item`;
  return (
    <Floating label={label} source={source} at={at} onClose={onClose}>
      <div
        class="menu"
        role="menu"
        aria-label={label}
        onKeyDown={(event) => {
          moveInList(event, stops);
          if (event.key === "Tab") onClose();
        }}
      >
        {children}
      </div>
    </Floating>
  );
}

interface ItemProps {
  icon?: ComponentChildren;
  label: string;
  /** For one of several that can be chosen. */
  checked?: boolean;
  onChoose: () => void;
  /** What it does cannot be taken back. */
  danger?: boolean;
}

/** One line of a menu. */
export function MenuItem({ icon, label, checked, danger, onChoose }: ItemProps) {
  return (
    <button
      type="button"
      class="menu-item"
      role={checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={checked}
      tabIndex={-1}
      data-danger={danger}
      onClick={onChoose}
    >
      {icon}
      <bdi class="clipped">{label}</bdi>
    </button>
  );
}
