import type { Followed } from "#domain/groups/follow-up.ts";
import { log } from "#lib/log.ts";
import { Refusal } from "#lib/refusal.ts";
import { DocumentUnavailable } from "./documents.ts";
import { hear, type HearingTools } from "./hear.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import { readLogPage } from "./translate/log-in.ts";

/** Pages of a log that are asked for at a time. */
const PAGES = 20;
/** No further page is asked for after this time (milliseconds). */
const DEADLINE_MS = 20_000;

/**
 * Asks the server that keeps a group for the numbers after those that are here. `ahead`: there were some, to the last one;
 * `behind`: there are more; `level`: there were none; `unheard`: it did not say, or not what makes sense.
 */
export async function catchUp(
  tools: HearingTools,
  { room, keeper, after: from }: Followed,
): Promise<"ahead" | "behind" | "level" | "unheard"> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  let after = from;
  for (let page = 0; page < PAGES && !deadline.aborted; page += 1) {
    try {
      const { document } = await tools.documents.fetch(`${room}/log?after=${after}`);
      const { keeperUri, newest, entries, unreadable } = readLogPage(document, room);
      if (keeperUri !== keeper.uri) throw new Dropped("not_attributed");
      if (unreadable > 0)
        log("federation").warn("what a group's log says makes no sense", { host: keeper.host ?? "" });
      const { lacks, logSeq } = await hear(tools, { room, keeper, entries, page: { after, newest } });
      if (entries.length === 0) return "level";
      if (!lacks) return "ahead";
      // What it gives does not lead on.
      if (logSeq <= after) return "unheard";
      after = logSeq;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return "unheard";
    }
  }
  return "behind";
}

function isUnavailable(error: unknown): boolean {
  return [DocumentUnavailable, ActorUnavailable, Dropped, Refusal].some((kind) => error instanceof kind);
}
