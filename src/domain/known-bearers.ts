import type { Database } from "#db/connect.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { Context } from "./context.ts";
import type { Bearer } from "./tokens.ts";

/** What nobody told us of (somebody was suspended, another process could not be heard) holds after so long at the latest. */
const KNOWN_MS = 1_000;
const TOKENS = 20_000;

/** Who speaks, by the digests of tokens that were found valid a moment ago; with a clock that nobody sets back. */
type Known = BoundedMap<string, Bearer>;
const known = new WeakMap<Database, Known>();

/** Who speaks by a token, as this process knows it, or else as `ask` finds out. */
export async function recall(
  { db, now }: Context,
  digest: string,
  ask: () => Promise<Bearer>,
): Promise<Bearer> {
  const bearers: Known = known.get(db) ?? new BoundedMap({ max: TOKENS, now: () => performance.now() });
  known.set(db, bearers);
  const found = bearers.get(digest);
  if (found !== undefined && (found.expiresAt === null || found.expiresAt > now())) return found;
  const asked = performance.now();
  const bearer = await ask();
  // Into the map of then: what was forgotten while it was asked for is not kept. It was true when it was asked for.
  bearers.set(digest, bearer, asked + KNOWN_MS - performance.now());
  return bearer;
}

/** Forgets whom this process knows, since some session has ended. */
export function forgetBearers({ db }: Context): void {
  known.delete(db);
}
