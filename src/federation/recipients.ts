import type { Context } from "#domain/context.ts";
import { findLocalPerson, findPeopleByUris, type PersonRow, type StandIn } from "#domain/people.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { PersonId } from "#lib/ids.ts";
import { Slots } from "#lib/slots.ts";
import { ActorUnavailable, isFresh, type RemoteActors } from "./remote-actors.ts";
import { standInFor } from "./stand-in.ts";
import { Dropped } from "./translate/dropped.ts";
import type { IncomingNote } from "./translate/note-in.ts";
import { hostOf, isOurs, isSameOrigin, parseLocalUri } from "./uris.ts";

/** Addressees that are looked up at once for messages of one server: nobody makes us ask all the world at a time. */
const LOOK_UPS = 8;
/** How many are looked up for one message. */
const LOOK_UPS_PER_MESSAGE = 10;
/** For all look-ups of one message together (milliseconds). */
const LOOK_UP_MS = 8_000;
/** For so long nobody is looked up again who could not be had (milliseconds), or every message would wait for them. */
const SILENT_MS = 60_000;

/** Turns the addresses on a message into people. */
export interface Recipients {
  /** Those of this server. Throws Dropped when there is none, or when the inbox it came to is somebody else's. */
  findLocal(note: IncomingNote, owner: PersonRow | null): Promise<PersonId[]>;
  /**
   * Those of other servers. Somebody whose server is silent comes in with their address alone, for nobody's message
   * waits for a third server. Throws Dropped for a collection, ActorUnavailable when its author's server does not tell
   * now what something of its own is.
   */
  findRemote(note: IncomingNote, actorUri: string): Promise<Found>;
}

/** Whom a message is addressed to elsewhere. */
export interface Found {
  ids: PersonId[];
  /** Those who are not known yet. Only a message that is taken makes them so: whoever is refused leaves no trace. */
  standIns: StandIn[];
}

/** Makes the finder of addressees. */
export function createRecipients(
  ctx: Context,
  actors: RemoteActors,
  lookUpMs: number = LOOK_UP_MS,
): Recipients {
  return {
    findLocal: (note, owner) => findLocal(ctx, note, owner),
    findRemote: createFindRemote(ctx, actors, lookUpMs),
  };
}

async function findLocal(ctx: Context, note: IncomingNote, owner: PersonRow | null): Promise<PersonId[]> {
  const { origin } = ctx.settings;
  const ours = note.recipients.filter((uri) => isOurs(origin, uri)).map((uri) => parseLocalUri(origin, uri));
  const found = await Promise.all(
    ours.map(async (thing) => {
      // A collection of ours, or a misspelt address: a message is for people alone, and nothing is expanded.
      if (thing?.kind !== "actor") throw new Dropped("recipient_not_actor");
      const person = thing.id === owner?.id ? owner : await findLocalPerson(ctx, { id: thing.id });
      return person === null || person.kind === "application" ? [] : [person.id];
    }),
  );
  const ids = found.flat();
  if (ids.length === 0 || (owner !== null && !ids.includes(owner.id))) throw new Dropped("unaddressed");
  return ids;
}

function createFindRemote(ctx: Context, actors: RemoteActors, lookUpMs: number): Recipients["findRemote"] {
  const { origin } = ctx.settings;
  const slots = new Slots(LOOK_UPS);
  const silent = new BoundedMap<string, true>({
    max: 10_000,
    ttlMs: SILENT_MS,
    now: () => ctx.now().getTime(),
  });

  async function findRemote(note: IncomingNote, actorUri: string): Promise<Found> {
    const others = note.recipients.filter((uri) => !isOurs(origin, uri));
    const people = new Map((await findPeopleByUris(ctx, others)).map((person) => [person.uri, person]));
    const known = others.map((uri) => addressee(uri, people.get(uri) ?? null, { note, actorUri }));
    const stale = known.filter(({ person }) => person === null || !isFresh(ctx, person));
    const asked = stale
      .filter(({ uri }) => silent.get(uri) === undefined)
      .toSorted((one, other) => Number(other.isDoubtful) - Number(one.isDoubtful))
      .slice(0, LOOK_UPS_PER_MESSAGE);
    const search = { sender: hostOf(actorUri) ?? "", signal: AbortSignal.timeout(lookUpMs) };
    const found = await Promise.all(
      known.map(async (one) => {
        if (!stale.includes(one)) return one.person === null ? [] : [one.person.id];
        if (!asked.includes(one)) return [standIn(one, new ActorUnavailable(true))];
        return await lookUp(one, search);
      }),
    );
    return {
      ids: found.flat().filter((one) => typeof one === "string"),
      standIns: found.flat().filter((one) => typeof one !== "string"),
    };
  }

  async function lookUp(one: Addressee, { sender, signal }: Search): Promise<(PersonId | StandIn)[]> {
    try {
      const release = await slots.acquire(sender, signal);
      // It is not broken off with this message: the place is taken for as long as the other server is really asked.
      const looking = actors.resolve(one.uri).finally(release);
      return [(await Promise.race([looking, rejection(signal)])).id];
    } catch (error) {
      if (error instanceof ActorUnavailable && !error.temporary) {
        // A person who is gone does not keep a message from the others. What nobody calls a person may be anything.
        if (one.isMentioned) return [];
        throw new Dropped("recipient_not_actor", { cause: error });
      }
      if (!(error instanceof ActorUnavailable) && error !== signal.reason) throw error;
      silent.set(one.uri, true);
      return [standIn(one, error)];
    }
  }

  return findRemote;
}

function standIn(one: Addressee, cause: unknown): PersonId | StandIn {
  if (one.isDoubtful) throw new ActorUnavailable(true, { cause });
  return one.person?.id ?? standInFor(one.uri, one.mention);
}

interface Search {
  readonly sender: string;
  readonly signal: AbortSignal;
}

interface Addressee {
  readonly uri: string;
  readonly person: PersonRow | null;
  readonly isMentioned: boolean;
  /** The name that is shown for them. */
  readonly mention: string | undefined;
  /** Maybe the author's followers, or another collection of theirs, and no person. */
  readonly isDoubtful: boolean;
}

function addressee(
  uri: string,
  person: PersonRow | null,
  { note, actorUri }: { note: IncomingNote; actorUri: string },
): Addressee {
  const isMentioned = note.mentioned.has(uri);
  const isDoubtful = person === null && !isMentioned && isSameOrigin(uri, actorUri);
  return { uri, person, isMentioned, mention: note.mentioned.get(uri), isDoubtful };
}

async function rejection(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return await new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
