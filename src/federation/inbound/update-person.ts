import { findPersonByUri } from "#domain/people.ts";
import { Dropped } from "../translate/dropped.ts";
import { inbound } from "./handler.ts";

/**
 * Somebody says that their profile is another one. What they enclose is not looked at: their own document is fetched, and
 * their keys are asked for again, for one of them may have been taken back.
 */
export const updatePerson = inbound({
  read: () => undefined,
  take: async ({ ctx, actors, keys }, { actorUri }) => {
    if ((await findPersonByUri(ctx, actorUri)) === null) throw new Dropped("unknown_object");
    await actors.refresh(actorUri);
    await keys.forget(actorUri);
  },
});
