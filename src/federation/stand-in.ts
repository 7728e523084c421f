import type { StandIn } from "#domain/people.ts";
import { handleForm } from "./translate/actor-in.ts";
import { hostOf } from "./uris.ts";

/**
 * Guesses an actor's name: what a message calls them, unless that names another server than their id is on, else the end
 * of their id. The guess is shown, never asked for: whoever is found under the id replaces it.
 */
export function standInFor(uri: string, mention: string | undefined): StandIn {
  const host = hostOf(uri) ?? "";
  const [, name = "", at = host] = /^@?([^@]+)(?:@(.+))?$/.exec(mention ?? "") ?? [];
  const end = new URL(uri).pathname.split("/").findLast((part) => part !== "") ?? "";
  const guesses = [at.toLowerCase() === host ? name : "", end.replace(/^@/, "")];
  return { uri, host, handle: guesses.find((guess) => handleForm.test(guess)) ?? "unknown" };
}
