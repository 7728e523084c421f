import type { Message } from "#protocol/types.ts";
import { summaryOf } from "./lines.ts";
import { useExpiry } from "./use-expiry.ts";

/** A message in one line, until it has had its time. */
export function Summary({ message }: { message: Message }) {
  return <>{summaryOf(message, useExpiry([message]))}</>;
}
