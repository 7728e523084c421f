import { findLocalPerson } from "#domain/people.ts";
import { receiveBlock } from "#domain/relations/receive.ts";
import { parse, readActivity } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { reference } from "../translate/values.ts";
import { parseLocalUri } from "../uris.ts";
import { inbound } from "./handler.ts";

/** Somebody blocks somebody here. Whom it is addressed to plays no part: not all servers say. */
export const block = inbound({
  read: (unread) => {
    const { id: activityUri, object } = readActivity(unread);
    const blocked = parseLocalUri(unread.origin, parse(reference, object));
    if (blocked?.kind !== "actor") throw new Dropped("unknown_object");
    return { activityUri, blockedId: blocked.id };
  },
  take: async ({ ctx, actors }, { said: { activityUri, blockedId }, actorUri, digest, owner }) => {
    const blocked = await findLocalPerson(ctx, { id: blockedId });
    if (blocked === null || blocked.kind === "application") throw new Dropped("unknown_object");
    if (owner !== null && owner !== blocked.id) throw new Dropped("unaddressed");
    const actor = await actors.resolve(actorUri);
    await receiveBlock(ctx, {
      activity: { uri: activityUri, digest },
      personId: actor.id,
      otherId: blocked.id,
    });
  },
});
