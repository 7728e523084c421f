import type { Followed } from "#domain/groups/follow-up.ts";
import { Refusal } from "#lib/refusal.ts";
import { DocumentUnavailable } from "./documents.ts";
import { hear, type HearingTools } from "./hear.ts";
import { ActorUnavailable } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import { readLogPage } from "./translate/log-in.ts";

/** Pages of a log that are asked for at a time. */
const PAGES = 20;

/**
 * Asks the server that keeps a group for the numbers after those that are here. `ahead`: there were some; `level`: there
 * were none; `unheard`: it did not say, or not what makes sense.
 */
export async function catchUp(
  tools: HearingTools,
  { room, keeper, after: from }: Followed,
): Promise<"ahead" | "level" | "unheard"> {
  let after = from;
  for (let page = 0; page < PAGES; page += 1) {
    try {
      const { document } = await tools.documents.fetch(`${room}/log?after=${after}`);
      const { keeperUri, newest, entries } = readLogPage(document, room);
      if (keeperUri !== keeper.uri) throw new Dropped("not_attributed");
      const { lacks, logSeq } = await hear(tools, { room, keeper, entries, page: { after, newest } });
      if (entries.length === 0) return "level";
      if (!lacks) return "ahead";
      after = logSeq;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return "unheard";
    }
  }
  return "ahead";
}

function isUnavailable(error: unknown): boolean {
  return [DocumentUnavailable, ActorUnavailable, Dropped, Refusal].some((kind) => error instanceof kind);
}
