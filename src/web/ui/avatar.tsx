import type { Person } from "#protocol/types.ts";
import { nameOf } from "./names.ts";

const hues = 8;

interface AvatarProps {
  person: Person;
  size?: "small" | "medium" | "large";
  /** Shows nothing that they chose themselves. */
  veiled?: boolean;
}

/** The initial of a name on a quiet colour that stays the same for a person. */
export function Avatar({ person, size = "medium", veiled = false }: AvatarProps) {
  return (
    <span class="avatar" data-size={size} data-hue={hueOf(person.id)} aria-hidden="true">
      {veiled ? "?" : initial(nameOf(person))}
    </span>
  );
}

function initial(name: string): string {
  for (const { segment } of new Intl.Segmenter().segment(name.trim())) return segment.toLocaleUpperCase();
  return "?";
}

function hueOf(id: string): number {
  let sum = 0;
  for (let index = 0; index < id.length; index += 1) sum = (sum * 31 + id.charCodeAt(index)) % 4_096;
  return (sum % hues) + 1;
}
