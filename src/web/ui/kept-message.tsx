import type { Message } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import { t, type TextId } from "../platform/language.ts";
import { Found } from "./found.tsx";
import { Summary } from "./summary.tsx";
import "../styles/later.css";

interface KeptProps {
  message: Message;
  /** Its author. */
  who: string;
  /** The conversation it stands in, where that is not clear. */
  where: string | null;
  /** The sign that it is set apart, and what its click does. */
  icon: ComponentChildren;
  remove: TextId;
  onOpen: () => void;
  onRemove: () => void;
}

/** A message in a list of some that were set apart: opens where it stands, and can be let go of. */
export function KeptMessage({ message, who, where, icon, remove, onOpen, onRemove }: KeptProps) {
  return (
    <li class="kept-message">
      <button type="button" class="kept-open" onClick={onOpen}>
        <Found message={message} who={who} where={where}>
          <Summary message={message} />
        </Found>
      </button>
      <button
        type="button"
        class="icon-button small kept-sign"
        aria-label={t(remove)}
        title={t(remove)}
        onClick={onRemove}
      >
        {icon}
      </button>
    </li>
  );
}
