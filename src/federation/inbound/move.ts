import { z } from "zod";
import { agreesToBe } from "#domain/moving/aliases.ts";
import { checkMove, moveRemotePerson, type Belongings } from "#domain/moving/take-in.ts";
import { findLocalPerson, findPersonByUri, type PersonRow } from "#domain/people.ts";
import { fetchBelongings } from "../belongings.ts";
import { parse, type Unread } from "../translate/activity-in.ts";
import { Dropped } from "../translate/dropped.ts";
import { address, reference } from "../translate/values.ts";
import { isOurs, parseLocalUri } from "../uris.ts";
import { inbound, type Tools } from "./handler.ts";

const target = z.looseObject({ target: reference.pipe(address) });

function read({ actorUri, activity }: Unread): { successorUri: string } {
  const { target: successorUri } = parse(target, activity);
  if (successorUri === actorUri) throw new Dropped("malformed");
  return { successorUri };
}

/** Somebody says that they are another actor from now on (FEP-7628), who must say so as well. */
export const move = inbound({
  read,
  take: async (tools, { actorUri, said: { successorUri } }) => {
    const { ctx, actors } = tools;
    const known = await findPersonByUri(ctx, actorUri);
    if (known === null) throw new Dropped("unknown_object");
    checkMove(ctx, known); // before anybody is asked
    if (!isOurs(ctx.settings.origin, successorUri)) {
      const successor = await actors.resolveSuccessor(actorUri, successorUri);
      return await moveRemotePerson(ctx, { uri: actorUri, toId: successor.id });
    }
    const successor = await ofOurs(tools, { successorUri, known });
    const brought = await bringAlong(tools, { from: actorUri, to: successorUri });
    await moveRemotePerson(ctx, { uri: actorUri, toId: successor.id, brought });
  },
});

/** Somebody of ours who has not moved on, and says of themselves that they are that actor, too. */
async function ofOurs(
  { ctx }: Tools,
  { successorUri, known }: { successorUri: string; known: PersonRow },
): Promise<PersonRow> {
  const thing = parseLocalUri(ctx.settings.origin, successorUri);
  const successor = thing?.kind === "actor" ? await findLocalPerson(ctx, { id: thing.id }) : null;
  const isThem = successor !== null && (await agreesToBe(ctx, { personId: successor.id, otherId: known.id }));
  if (successor === null || !isThem || successor.movedTo !== null) throw new Dropped("move_not_confirmed");
  return successor;
}

/** What they bring along; only a server of our kind says so. */
async function bringAlong(
  { ctx, actors, documents }: Tools,
  { from, to }: { from: string; to: string },
): Promise<Belongings | undefined> {
  const left = await actors.leftBy(from, to);
  return left === null ? undefined : await fetchBelongings({ ctx, documents }, { left, from, to });
}
