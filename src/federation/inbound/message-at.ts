import type { Context } from "#domain/context.ts";
import type { MessageId } from "#lib/ids.ts";
import { Dropped } from "../translate/dropped.ts";
import { isOurs, parseLocalUri } from "../uris.ts";

/** The message that an address names: one of ours by its id, any other by the address. Throws Dropped. */
export function messageAt(ctx: Context, uri: string): { id: MessageId } | { uri: string } {
  const { origin } = ctx.settings;
  if (!isOurs(origin, uri)) return { uri };
  const thing = parseLocalUri(origin, uri);
  if (thing?.kind !== "message") throw new Dropped("unknown_object");
  return { id: thing.id };
}
