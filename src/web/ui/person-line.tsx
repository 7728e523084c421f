import type { Person } from "#protocol/types.ts";
import type { ComponentChildren } from "preact";
import { Avatar } from "./avatar.tsx";
import { Formerly } from "./formerly.tsx";
import { nameOf } from "./names.ts";

interface PersonLineProps {
  /** Undefined while it is not known who they are. */
  person: Person | undefined;
  /** What else is said of them. */
  note?: ComponentChildren;
  /** What can be done. */
  children: ComponentChildren;
}

/** Somebody in a list, with what can be done about them. */
export function PersonLine({ person, note = null, children }: PersonLineProps) {
  return (
    <li>
      {person !== undefined && <Avatar person={person} size="small" />}
      <span class="relation-who">
        <bdi class="clipped">{person === undefined ? "…" : nameOf(person)}</bdi>
        <bdi class="clipped faint small-text">{person?.address}</bdi>
        {person !== undefined && <Formerly person={person} />}
        {note}
      </span>
      {children}
    </li>
  );
}
