import { findLocalPerson, noteStandIns } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "#domain/context.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { standInFor } from "./stand-in.ts";
import { Dropped } from "./translate/dropped.ts";
import { isOurs, parseLocalUri } from "./uris.ts";

/**
 * Who is at an address: somebody of ours, or of another server, whose address stands for them while that is silent.
 * Throws Dropped for what is no person.
 */
export async function personAt(
  { ctx, actors }: { ctx: Context; actors: RemoteActors },
  uri: string,
): Promise<PersonId> {
  const { origin } = ctx.settings;
  if (isOurs(origin, uri)) {
    const thing = parseLocalUri(origin, uri);
    const person = thing?.kind === "actor" ? await findLocalPerson(ctx, { id: thing.id }) : null;
    if (person === null) throw new Dropped("unknown_object");
    return person.id;
  }
  try {
    return (await actors.resolve(uri)).id;
  } catch (error) {
    if (!(error instanceof ActorUnavailable)) throw error;
    const [person] = await noteStandIns(ctx, [standInFor(uri, undefined)]);
    return person!.id;
  }
}
