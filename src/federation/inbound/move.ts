import { z } from "zod";
import { checkMove, findPersonByUri, moveRemotePerson } from "#domain/people.ts";
import { parse, type Unread } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { address, reference } from "../translate/values.ts";
import { isOurs } from "../uris.ts";
import { inbound } from "./handler.ts";

const target = z.looseObject({ target: reference.pipe(address) });

function read({ origin, actorUri, activity }: Unread): { successorUri: string } {
  const { target: successorUri } = parse(target, activity);
  if (successorUri === actorUri) throw new Dropped("malformed");
  if (isOurs(origin, successorUri)) throw new Dropped("move_not_confirmed");
  return { successorUri };
}

/** Somebody says that they are another actor from now on (FEP-7628), who must say so as well. */
export const move = inbound({
  read,
  take: async ({ ctx, actors }, { actorUri, said }) => {
    const known = await findPersonByUri(ctx, actorUri);
    if (known === null) throw new Dropped("unknown_object");
    checkMove(ctx, known); // before anybody is asked
    const successor = await actors.resolveSuccessor(actorUri, said.successorUri);
    await moveRemotePerson(ctx, { uri: actorUri, toId: successor.id });
  },
});
