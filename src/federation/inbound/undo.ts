import { undoReaction } from "#domain/messages/react.ts";
import { findPersonByUri } from "#domain/people.ts";
import { undoBlock } from "#domain/relations/receive.ts";
import { Dropped } from "../translate/dropped.ts";
import { readUndo } from "../translate/like-in.ts";
import { inbound } from "./handler.ts";

/** Somebody takes back a reaction or a block, which is named or enclosed: what it was, we know by its id. */
export const undo = inbound({
  read: readUndo,
  take: async ({ ctx }, { said: { activityUri, uri }, actorUri, digest }) => {
    const person = await findPersonByUri(ctx, actorUri);
    if (person === null) throw new Dropped("unknown_object");
    const personId = person.id;
    if (await undoReaction(ctx, { uri, personId })) return;
    await undoBlock(ctx, { activity: { uri: activityUri, digest }, uri, personId });
  },
});
