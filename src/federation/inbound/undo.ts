import { undoReaction } from "#domain/messages/react.ts";
import { findPersonByUri } from "#domain/people.ts";
import { Dropped } from "../translate/dropped.ts";
import { readUndo } from "../translate/like-in.ts";
import { inbound } from "./handler.ts";

/** Somebody takes a reaction back. */
export const undoLike = inbound({
  read: readUndo,
  take: async ({ ctx }, { said: { uri }, actorUri }) => {
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("unknown_object");
    await undoReaction(ctx, { uri, personId: person.id });
  },
});
