import { setTimeout as wait } from "node:timers/promises";
import { findLocalPerson, findPeopleByUris, noteStandIns, type PersonRow } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "#domain/context.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { standInFor } from "./stand-in.ts";
import { Dropped } from "./translate/dropped.ts";
import { isOurs, parseLocalUri } from "./uris.ts";

interface Finders {
  readonly ctx: Context;
  readonly actors: RemoteActors;
}

/**
 * Who is at an address: somebody of ours, or of another server, whose address stands for them while that is silent.
 * Throws Dropped for what is no person.
 */
export async function personAt({ ctx, actors }: Finders, uri: string): Promise<PersonId> {
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

/** How many of several people are looked up; the others are when they do something. */
const LOOK_UPS = 20;
/** For all look-ups of several people together (milliseconds). */
const LOOK_UP_MS = 8_000;

/**
 * Who is at some addresses, by the address. Whoever was met is not asked for again; whose server is slow is stood for by
 * their address, and so is whom it does not describe as an actor. Who is nobody here is left out.
 */
export async function peopleAt(tools: Finders, uris: readonly string[]): Promise<Map<string, PersonId>> {
  const all = [...new Set(uris)];
  const isMet = ({ fetchedAt }: PersonRow): boolean => fetchedAt !== null;
  const met = (await findPeopleByUris(tools.ctx, all)).filter(isMet);
  const known = new Map(met.map((person) => [person.uri ?? "", person.id]));
  const unknown = all.filter((uri) => !known.has(uri));
  const ours = unknown.filter((uri) => isOurs(tools.ctx.settings.origin, uri));
  const others = unknown.filter((uri) => !ours.includes(uri));
  const late = wait(LOOK_UP_MS, "late" as const, { ref: false });
  const asked = [...ours, ...others.slice(0, LOOK_UPS)];
  const found = await Promise.all(asked.map((uri) => lookUp(tools, uri, late)));
  const slow = [...asked.filter((_, index) => found[index] === "late"), ...others.slice(LOOK_UPS)];
  const noted = await noteStandIns(
    tools.ctx,
    slow.map((uri) => standInFor(uri, undefined)),
  );
  for (const { uri, id } of noted) known.set(uri ?? "", id);
  for (const [index, id] of found.entries()) if (id !== "late" && id !== null) known.set(asked[index]!, id);
  return known;
}

async function lookUp(tools: Finders, uri: string, late: Promise<"late">): Promise<PersonId | "late" | null> {
  try {
    return await Promise.race([personAt(tools, uri), late]);
  } catch (error) {
    if (!(error instanceof Dropped)) throw error;
    // What another server says of itself just now does not undo what was decided about somebody there.
    return isOurs(tools.ctx.settings.origin, uri) ? null : "late";
  }
}
