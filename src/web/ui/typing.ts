import type { Conversation } from "#protocol/types.ts";
import { isGroup, personOf } from "../domain/people.ts";
import { t } from "../platform/language.ts";
import { enumerate } from "./format.ts";
import { nameOf } from "./names.ts";

/** More than so many are not named. */
const most = 3;

/** Who is writing, in a few words; null while nobody is. */
export function typingText(conversation: Conversation, typists: readonly string[]): string | null {
  if (typists.length === 0) return null;
  if (!isGroup(conversation)) return t("typing.alone");
  if (typists.length > most) return t("typing.many");
  const names = enumerate(typists.map((id) => nameOf(personOf(conversation, id))));
  return t(typists.length === 1 ? "typing.one" : "typing.some", { names });
}
