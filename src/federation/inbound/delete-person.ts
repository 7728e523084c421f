import { deleteRemotePerson, findPersonByUri } from "#domain/people.ts";
import { Dropped } from "../translate/dropped.ts";
import { inbound } from "./handler.ts";

/** Somebody is gone, with their account. Every server tells every other; most of those people were never met here. */
export const deletePerson = inbound({
  read: () => undefined,
  take: async ({ ctx }, { actorUri, isDoubtful }) => {
    if ((await findPersonByUri(ctx, actorUri)) === null) throw new Dropped("unknown_object");
    await deleteRemotePerson(ctx, { uri: actorUri, isDoubtful });
  },
});
