import type { PersonRow } from "#domain/people.ts";
import { Refusal } from "#lib/refusal.ts";
import type { IncomingActor } from "./translate/actor-in.ts";
import { Dropped } from "./translate/dropped.ts";

/** Who has become whom. */
export interface Successors {
  /**
   * Finds the one whom an actor says they have become, if that one says so too; fetched anew, at most once a minute for
   * each who says so. Throws as `refresh`.
   */
  resolveSuccessor(uri: string, successorUri: string): Promise<PersonRow>;
  /** Where an actor says what they leave to the one that they have become; null where they do not. Throws as `refresh`. */
  leftBy(uri: string, successorUri: string): Promise<string | null>;
  /**
   * Finds the one whom somebody of ours wants to become, by what people type; fetched anew, whatever is known of them.
   * Refuses as `resolveAddress`, and `move_not_agreed`, `target_moved`; whoever lives here is judged elsewhere.
   */
  resolveTarget(uri: string, address: string): Promise<PersonRow>;
}

export interface SuccessorsOptions {
  readonly fetchActor: (uri: string) => Promise<IncomingActor>;
  readonly save: (actor: IncomingActor) => Promise<PersonRow>;
  /** Throws GuardRefusal 429 to whoever comes too often. */
  readonly takeTurn: (what: "successor", uri: string) => void;
  readonly resolveAddress: (address: string) => Promise<PersonRow>;
  /** What a failed look-up means for who typed the address. */
  readonly asRefusal: (error: unknown) => unknown;
}

/** Makes the finder of whom people have become; what both of them say is looked at each time. */
export function createSuccessors({
  fetchActor,
  save,
  takeTurn,
  resolveAddress,
  asRefusal,
}: SuccessorsOptions): Successors {
  return {
    resolveSuccessor: async (uri, successorUri) => {
      takeTurn("successor", uri);
      const successor = await fetchActor(successorUri);
      if (!agrees(successor, uri)) throw new Dropped("move_not_confirmed");
      return await save(successor);
    },
    resolveTarget: async (uri, address) => {
      const person = await resolveAddress(address);
      if (person.uri === null) return person;
      try {
        const target = await fetchActor(person.uri);
        if (target.movedTo !== null) throw new Refusal("target_moved", { field: "address" });
        if (!agrees(target, uri)) throw new Refusal("move_not_agreed", { field: "address" });
        return await save(target);
      } catch (error) {
        throw asRefusal(error);
      }
    },
    leftBy: async (uri, successorUri) => {
      takeTurn("successor", uri);
      const { movedTo, left } = await fetchActor(uri);
      return movedTo === successorUri ? left : null;
    },
  };
}

/** Whether somebody who has not moved on says that they are that actor, too. */
function agrees({ alsoKnownAs, movedTo }: IncomingActor, uri: string): boolean {
  return movedTo === null && alsoKnownAs.includes(uri);
}
