import { receiveTimer } from "#domain/groups/timer.ts";
import { findPersonByUri } from "#domain/people.ts";
import { Dropped } from "../translate/dropped.ts";
import { readTimer } from "../translate/room-in.ts";
import { parseLocalUri } from "../uris.ts";
import { inbound } from "./handler.ts";

/** Somebody chooses how long stays what is said between them and one of our people. */
export const timer = inbound({
  read: readTimer,
  take: async ({ ctx }, { said: { conversation: uri, to, seconds, chosenAt }, actorUri }) => {
    const { origin } = ctx.settings;
    const [other, room] = [parseLocalUri(origin, to), parseLocalUri(origin, uri)];
    if (other?.kind !== "actor") throw new Dropped("unaddressed");
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("unknown_object");
    const conversation = room?.kind === "conversation" ? { id: room.id } : { uri };
    await receiveTimer(ctx, {
      personId: person.id,
      otherId: other.id,
      conversation,
      seconds,
      chosenAt: chosenAt ?? ctx.now(),
    });
  },
});
