import { findBehind } from "#domain/groups/follow-up.ts";
import type { PersonId } from "#lib/ids.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import { catchUp } from "./catch-up.ts";
import type { HearingTools } from "./hear.ts";
import { ActorUnavailable } from "./remote-actors.ts";

export interface Newcomer {
  authorId: PersonId;
  recipientIds: readonly PersonId[];
  /** How the author's server calls the conversation. */
  rooms: readonly string[];
}

/** Those who write into a group before its log was heard to let them in. */
export interface Newcomers {
  /**
   * Hears the log of a group that is followed here if its author is not in it as far as is known, so that what they say
   * finds its place. Throws ActorUnavailable while the server that keeps the group does not say.
   */
  await(newcomer: Newcomer): Promise<void>;
}

/** One author makes a group's server be asked this often at most. */
const ASK_MS = 10_000;
const REMEMBERED = 10_000;

/** Makes them. Strangers who name a group have its log asked for too, and so not at will. */
export function createNewcomers(tools: HearingTools): Newcomers {
  const { ctx } = tools;
  const asked = new BoundedMap<string, true>({
    max: REMEMBERED,
    ttlMs: ASK_MS,
    now: () => ctx.now().getTime(),
  });
  return {
    await: async (newcomer) => {
      const behind = await findBehind(ctx, newcomer);
      if (behind === null) return;
      const name = `${newcomer.authorId} ${behind.room}`;
      if (asked.get(name) !== undefined) return;
      const outcome = await catchUp(tools, behind);
      if (outcome !== "unheard") asked.set(name, true);
      else if (behind.isFollowed) throw new ActorUnavailable(true);
    },
  };
}
