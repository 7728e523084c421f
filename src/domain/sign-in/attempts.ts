import type { Database } from "#db/connect.ts";
import type { PersonId } from "#lib/ids.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";

/** Whoever has the password guesses one of three codes in a million: at this rate, for years. */
const TRIES = { limit: 20, windowMs: 3_600_000, keys: 20_000 };

const limits = new WeakMap<Database, RateLimit>();

/**
 * Counts a try to show who somebody is besides their password, right or wrong. In this process's memory: several nodes
 * allow several times as many. Refuses `too_many_codes`.
 */
export function countTry(ctx: Context, personId: PersonId): void {
  const limit = limits.get(ctx.db) ?? new RateLimit({ ...TRIES, now: () => ctx.now().getTime() });
  limits.set(ctx.db, limit);
  const retryAfter = limit.take(personId);
  if (retryAfter !== undefined) throw new Refusal("too_many_codes", { retryAfter });
}
