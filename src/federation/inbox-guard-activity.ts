import { isAboutItself } from "./translate/activity-in.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/bounded-json.ts";

/**
 * The one actor of an activity: an id, or an object with one, alone or as the only item of a list. Undefined for
 * anything else, two actors included.
 */
export function actorOf(activity: JsonObject): string | undefined {
  const actor = activity["actor"];
  const only = Array.isArray(actor) && actor.length === 1 ? (actor[0] as JsonValue) : actor;
  const id = isJsonObject(only) ? only["id"] : only;
  return typeof id === "string" ? id : undefined;
}

/** The bare fact that an actor deletes itself, if that is what an activity says; nothing else of it is kept. */
export function ownDeletionOf(activity: JsonObject): JsonObject | undefined {
  const [actorUri, { id, type }] = [actorOf(activity), activity];
  if (actorUri === undefined || type !== "Delete" || !isAboutItself({ actorUri, activity })) return undefined;
  return { id: id ?? null, type, actor: actorUri, object: actorUri };
}

/**
 * An activity without the proofs that it carries: only who signed the request counts, and a proof that nobody reads
 * cannot be replayed.
 */
export function withoutProofs(activity: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(activity)
      .filter(([key]) => key !== "proof" && key !== "signature")
      .map(([key, value]) => [key, stripped(value)]),
  );
}

function stripped(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => stripped(item));
  return isJsonObject(value) ? withoutProofs(value) : value;
}
