import type { Context } from "#domain/context.ts";
import { findPersonByUri } from "#domain/people.ts";
import { receivePresence, receiveTyping } from "#domain/signals.ts";
import type { PersonId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import type { Counters } from "./counters.ts";
import { judge, type InboxAnswer } from "./inbox-answer.ts";
import type { InboxGuard, InboxRequest } from "./inbox-guard.ts";
import { Dropped } from "./translate/dropped.ts";
import { readSignal, type IncomingSignal } from "./translate/signal-in.ts";
import { parseLocalUri } from "./uris.ts";

/** More than this of one actor is nothing that people do. */
const PER_ACTOR = { limit: 40, windowMs: 60_000, keys: 20_000 };

/** Where other servers of our own kind tell what is not stored. */
export interface SignalsIn {
  /** Takes a request. Never throws. */
  receive(request: InboxRequest): Promise<InboxAnswer>;
}

/** Makes the door for signals: the inbox's own guard stands before it, and nothing behind it is written down. */
export function createSignalsIn(
  ctx: Context,
  { guard, counters }: { guard: InboxGuard; counters: Counters },
): SignalsIn {
  const perActor = new RateLimit({ ...PER_ACTOR, now: () => ctx.now().getTime() });

  async function take({ actorUri, said }: { actorUri: string; said: IncomingSignal }): Promise<void> {
    if (perActor.take(actorUri) !== undefined) throw new Dropped("too_fast");
    const person = await findPersonByUri(ctx, actorUri);
    // Nobody is fetched for what is forgotten at once.
    if (person === null || person.state !== "active") throw new Dropped("unknown_actor");
    const told = { personId: person.id, to: ours(ctx, said.to) };
    if (told.to.length === 0) throw new Dropped("unaddressed");
    if (said.kind === "presence") return receivePresence(ctx, { ...told, about: said.about });
    const room = parseLocalUri(ctx.settings.origin, said.room);
    const conversationIds = room?.kind === "conversation" ? [room.id] : [];
    await receiveTyping(ctx, { ...told, conversationIds, aliases: room === null ? [said.room] : [] });
  }

  return {
    receive: async (request) => {
      try {
        const { activity, actorUri } = await guard.guard(request);
        await take({ actorUri, said: readSignal(activity) });
        return { status: 202 };
      } catch (error) {
        const { status, reason, retryAfter } = judge(error);
        const fields = { status, reason, count: counters.count(`signal_${reason}`) };
        if (status === 500) log("federation").error("a signal could not be taken", { ...fields, error });
        else log("federation").debug("a signal was not taken", fields);
        return { status, retryAfter };
      }
    },
  };
}

/** The people of this server among the addressees. */
function ours({ settings }: Context, uris: readonly string[]): PersonId[] {
  const things = uris.map((uri) => parseLocalUri(settings.origin, uri));
  return things.flatMap((thing) => (thing?.kind === "actor" ? thing.id : []));
}
