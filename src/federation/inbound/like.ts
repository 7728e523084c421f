import { receiveReaction } from "#domain/messages/react.ts";
import { findPersonByUri } from "#domain/people.ts";
import { Dropped } from "../translate/dropped.ts";
import { readReaction } from "../translate/like-in.ts";
import { inbound } from "./handler.ts";
import { messageAt } from "./message-at.ts";

/** Somebody reacts to a message. */
export const like = inbound({
  read: readReaction,
  take: async ({ ctx }, { said: { activityUri, uri, emoji }, actorUri, digest }) => {
    const person = await findPersonByUri(ctx, actorUri);
    // Whoever never wrote to us shares no conversation with anybody here.
    if (person === null) throw new Dropped("unknown_object");
    const message = messageAt(ctx, uri);
    await receiveReaction(ctx, { uri: activityUri, digest, personId: person.id, message, emoji });
  },
});
