import { z } from "zod";
import type { Heard } from "#domain/signals.ts";
import { STATUS_GRAPHEMES } from "#domain/preferences.ts";
import type { JsonObject } from "#lib/bounded-json.ts";
import { firstGraphemes } from "#lib/graphemes.ts";
import { parse, readType } from "./activity-in.ts";
import { Dropped } from "./dropped.ts";
import { oneLine } from "./plain-text.ts";
import { address, list, RECIPIENTS, time } from "./values.ts";

/** What another server tells and nobody stores. */
export type IncomingSignal =
  | { kind: "typing"; to: readonly string[]; room: string }
  | { kind: "presence"; to: readonly string[]; about: Heard };

const to = list(address).refine((uris) => uris.length > 0 && uris.length <= RECIPIENTS);
const typing = z.looseObject({ to, context: address });
const presence = z.looseObject({
  to,
  chatState: z.enum(["online", "idle", "offline"]),
  summary: z.string().nullish().catch(null),
  endTime: time,
});

/** Reads what was signed for one of our doors. Throws Dropped. */
export function readSignal(said: JsonObject): IncomingSignal {
  const kind = readType(said);
  if (kind === "chatTyping") {
    const { to, context } = parse(typing, said);
    return { kind: "typing", to, room: context };
  }
  if (kind !== "chatPresence") throw new Dropped("unsupported");
  const { to, chatState: state, summary, endTime } = parse(presence, said);
  const text = firstGraphemes(oneLine(summary ?? ""), STATUS_GRAPHEMES).toWellFormed();
  return {
    kind: "presence",
    to,
    about: { state, status: text === "" ? null : { text, until: endTime?.toISOString() ?? null } },
  };
}
