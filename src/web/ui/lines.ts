import { previewOf } from "#protocol/preview.ts";
import type { Message } from "#protocol/types.ts";
import { isOver } from "../domain/expiry.ts";
import { oneLine } from "../domain/text.ts";
import { t } from "../platform/language.ts";

/** A message in one line, as it is at this time of the server's. */
export function summaryOf(message: Message, now: number): string {
  return lineOf(previewOf(message), now);
}

/** In one line what the list of conversations carries of a message. */
export function lineOf(message: Message, now: number): string {
  const { body } = message;
  if (isOver(message, now)) return t("message.expired");
  if (body === null) return t("message.deleted");
  return "text" in body ? oneLine(body.text) : t("message.opaque");
}
