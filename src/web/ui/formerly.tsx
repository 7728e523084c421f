import type { Person } from "#protocol/types.ts";
import { t } from "../platform/language.ts";

/** What somebody was called until a while ago, in a list of people. */
export function Formerly({ person: { formerly } }: { person: Person }) {
  if (formerly === null) return null;
  return <span class="clipped faint small-text">{t("person.formerly", { address: formerly })}</span>;
}
