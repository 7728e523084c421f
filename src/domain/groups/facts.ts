import { hasControlCharacters, withoutNul } from "#lib/control-characters.ts";
import { countGraphemes } from "#lib/graphemes.ts";
import { DESCRIPTION_LENGTH, TITLE_LENGTH } from "#lib/group-limits.ts";
import { Refusal } from "#lib/refusal.ts";

/** What a group may be called. */
export function checkTitle(text: string): string {
  const title = text.trim();
  const isFit = title !== "" && !hasControlCharacters(title) && countGraphemes(title) <= TITLE_LENGTH;
  if (!isFit) throw new Refusal("title_invalid", { field: "title" });
  return title;
}

/** What a group may say of itself. */
export function checkDescription(text: string): string {
  const description = withoutNul(text).trim();
  if (countGraphemes(description) > DESCRIPTION_LENGTH)
    throw new Refusal("too_long", { field: "description" });
  return description;
}
