import { previewOf } from "#protocol/preview.ts";
import type { Message } from "#protocol/types.ts";
import { isOver } from "../domain/expiry.ts";
import { oneLine } from "../domain/text.ts";
import { t } from "../platform/language.ts";

/** A message in one line. */
export function summaryOf(message: Message): string {
  return lineOf(previewOf(message));
}

/** In one line what the list of conversations carries of a message. */
export function lineOf(message: Message): string {
  const { body } = message;
  if (isOver(message, Date.now())) return t("message.expired");
  if (body === null) return t("message.deleted");
  return "text" in body ? oneLine(body.text) : t("message.opaque");
}
