import { isOverloaded } from "#db/connect.ts";

/** Seconds after which somebody shall come again whose request the database could not serve; null if it failed for another reason. */
export function secondsOfOverload(error: unknown): number | null {
  return isOverloaded(error) ? 2 : null;
}
