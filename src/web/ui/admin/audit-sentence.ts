import type { AuditEntry } from "#protocol/admin.ts";
import { isText, t } from "../../platform/language.ts";
import { enumerate } from "../format.ts";

/** Which words stand for the values of a detail, by its name. */
const worded: Readonly<Record<string, string>> = {
  by: "by",
  factor: "factor",
  role: "serverRole",
  verdict: "verdict",
  doors: "door",
  level: "level",
};

/** What somebody was called who is gone is not told any more. */
const forgotten = { handle: "…", before: "…" } as const;

/** What was done, as a sentence in the reader's language. */
export function sentenceOf({ action, details, ...entry }: AuditEntry): string {
  const values: Record<string, string> = {
    ...forgotten,
    actor: entry.actorId === null ? t("audit.server") : whoIs(entry.actorHandle),
    person: entry.personId === null ? t("audit.server") : whoIs(entry.handle),
    action,
  };
  for (const [name, value] of Object.entries(details)) values[name] = isolated(wordsOf(action, name, value));
  const id = `audit.${action}`;
  return t(isText(id) ? id : "audit.other", values);
}

function whoIs(handle: string | null): string {
  return handle === null ? t("audit.somebody") : isolated(`@${handle}`);
}

function wordsOf(action: string, name: string, value: unknown): string {
  if (Array.isArray(value)) return enumerate(value.map((one) => wordsOf(action, name, one)));
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const id = `${kindOf(action, name)}.${text}`;
  return isText(id) ? t(id) : text;
}

/** A value before and after is of the kind that the action is about. */
function kindOf(action: string, name: string): string {
  if (action === "setting.changed") return "registration";
  return name === "before" && action === "role.given" ? "serverRole" : (worded[name] ?? "");
}

/** Between marks that keep what runs the other way from turning the sentence around (UAX 9). */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
