import { findPersonByUri } from "#domain/people.ts";
import { receiveDelete } from "#domain/receive.ts";
import { Dropped } from "../translate/dropped.ts";
import { readDelete } from "../translate/note-in.ts";
import { inbound } from "./handler.ts";

/** Somebody deletes a message, which is named or enclosed in whatever form: often its type is not said. */
export const deleteNote = inbound({
  read: readDelete,
  take: async ({ ctx }, { said: { activityUri, uri }, actorUri, digest, canonical: said }) => {
    if ((await findPersonByUri(ctx, uri)) !== null) throw new Dropped("unsupported"); // people are not messages
    const actor = await findPersonByUri(ctx, actorUri);
    await receiveDelete(ctx, {
      activity: { uri: activityUri, digest, said },
      actor: { id: actor?.id ?? null, uri: actorUri },
      uri,
    });
  },
});
