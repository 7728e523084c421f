import { findPersonByUri } from "#domain/people.ts";
import { isKnownMessage, receiveEdit } from "#domain/receive.ts";
import { readBody } from "../translate/body-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { readUpdate } from "../translate/note-in.ts";
import { inbound } from "./handler.ts";

/** Somebody edits a message. */
export const updateNote = inbound({
  read: readUpdate,
  take: async ({ ctx }, { said: { activityUri, body, ...edit }, actorUri, digest, canonical: said }) => {
    const author = await findPersonByUri(ctx, actorUri);
    // Whoever never wrote to us has nothing here to change, and its text is not looked at.
    if (author === null || !(await isKnownMessage(ctx, edit.uri))) throw new Dropped("unknown_object");
    await receiveEdit(ctx, {
      activity: { uri: activityUri, digest, said },
      authorId: author.id,
      ...edit,
      body: readBody(body),
    });
  },
});
