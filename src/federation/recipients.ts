import type { Context } from "#domain/context.ts";
import { findLocalPerson } from "#domain/people.ts";
import type { PersonId } from "#lib/ids.ts";
import { Slots } from "#lib/slots.ts";
import { ActorUnavailable, type RemoteActors } from "./remote-actors.ts";
import { Dropped } from "./translate/dropped.ts";
import type { IncomingNote } from "./translate/note-in.ts";
import { hostOf, isOurs, parseLocalUri } from "./uris.ts";

/** Addressees that are looked up at once for messages of one server: nobody makes us ask all the world at a time. */
const LOOK_UPS = 8;
/** For all look-ups of one message together (milliseconds). */
const LOOK_UP_MS = 20_000;

/** Turns the addresses on a message into people. */
export interface Recipients {
  /** Those of this server. Throws Dropped when there is none, or when the inbox it came to is somebody else's. */
  findLocal(note: IncomingNote, owner: PersonId | null): Promise<PersonId[]>;
  /** Those of other servers. Throws Dropped for a collection, ActorUnavailable when one must be asked again later. */
  findRemote(note: IncomingNote, actorUri: string): Promise<PersonId[]>;
}

/** Makes the finder of addressees. */
export function createRecipients(ctx: Context, actors: RemoteActors): Recipients {
  const { origin } = ctx.settings;
  const slots = new Slots(LOOK_UPS);

  async function findLocal(note: IncomingNote, owner: PersonId | null): Promise<PersonId[]> {
    const ours = note.recipients
      .filter((uri) => isOurs(origin, uri))
      .map((uri) => parseLocalUri(origin, uri));
    const found = await Promise.all(
      ours.map(async (thing) => {
        // A collection of ours, or a misspelt address: a message is for people alone, and nothing is expanded.
        if (thing?.kind !== "actor") throw new Dropped("recipient_not_actor");
        const person = await findLocalPerson(ctx, { id: thing.id });
        return person === null || person.kind === "application" ? [] : [person.id];
      }),
    );
    const ids = found.flat();
    if (ids.length === 0 || (owner !== null && !ids.includes(owner))) throw new Dropped("unaddressed");
    return ids;
  }

  async function findRemote(note: IncomingNote, actorUri: string): Promise<PersonId[]> {
    const signal = AbortSignal.timeout(LOOK_UP_MS);
    const sender = hostOf(actorUri) ?? "";
    const others = note.recipients.filter((uri) => !isOurs(origin, uri));
    const found = await Promise.all(
      others.map(async (uri) => {
        const release = await slots.acquire(sender, signal).catch((error: unknown) => {
          throw new ActorUnavailable(true, { cause: error });
        });
        try {
          return [(await actors.resolve(uri)).id];
        } catch (error) {
          if (!(error instanceof ActorUnavailable) || error.temporary) throw error;
          // A person who is gone does not keep a message from the others. What nobody calls a person may be anything.
          if (note.mentioned.has(uri)) return [];
          throw new Dropped("recipient_not_actor", { cause: error });
        } finally {
          release();
        }
      }),
    );
    return found.flat();
  }

  return { findLocal, findRemote };
}
