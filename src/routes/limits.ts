import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { normaliseHandle } from "#domain/handles.ts";
import type { Context } from "#domain/context.ts";
import { RateLimit } from "#lib/rate-limit.ts";
import type { BearerEnv } from "./bearer.ts";
import { TooMany } from "./errors.ts";
import type { FromEnv } from "./from.ts";

/** Largest JSON body of our own API, in bytes. */
const JSON_BYTES = 256 * 1024;
const MINUTE_MS = 60_000;
/** Addresses and handles that are counted at once. */
const KEYS = 20_000;

const countBody = bodyLimit({ maxSize: JSON_BYTES });

/** Refuses bodies that are too large. To count one costs more than the rest of its way: one that says its length is not longer. */
export const limitBody = createMiddleware(async (c, next) => {
  const length = Number(c.req.header("Content-Length") ?? (c.req.method === "GET" ? 0 : NaN));
  const isTold = length <= JSON_BYTES && c.req.header("Transfer-Encoding") === undefined;
  return isTold ? await next() : await countBody(c, next);
});

/** How often one address, and one name (a handle, or where mail goes), may be tried in a window. */
export interface TryLimits {
  readonly perAddress: number;
  /** From one address for one handle. */
  readonly perPair: number;
  /** From everywhere: loose, or a stranger could lock somebody out. */
  readonly perHandle: number;
  readonly windowMs: number;
}

export const signInLimits: TryLimits = {
  perAddress: 25,
  perPair: 10,
  perHandle: 100,
  windowMs: 5 * MINUTE_MS,
};
export const resetLimits: TryLimits = {
  perAddress: 25,
  perPair: 5,
  perHandle: 5,
  windowMs: 30 * MINUTE_MS,
};
export const signUpLimits: TryLimits = {
  perAddress: 5,
  perPair: 5,
  perHandle: 100,
  windowMs: 30 * MINUTE_MS,
};

/** For what makes this server ask another one: so many a minute for each person. */
export function limitAsking(ctx: Context) {
  return limitPerson(ctx, { limit: 30, windowMs: MINUTE_MS });
}

/** For what asks for a password of whoever is signed in: a session that was stolen must not find it out. */
export function limitGuesses(ctx: Context) {
  return limitPerson(ctx, { limit: 10, windowMs: 5 * MINUTE_MS });
}

/** For what makes this server write to an address: nobody is flooded through it. */
export function limitMails(ctx: Context) {
  const { perHandle: limit, windowMs } = resetLimits;
  const addresses = new RateLimit({ limit, windowMs, keys: KEYS, now: () => ctx.now().getTime() });
  return createMiddleware(async (c, next) => {
    const { email } = c.req.valid("json" as never) as { email?: string | null };
    const wait = email == null ? undefined : addresses.take(email.toLowerCase());
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}

function limitPerson(ctx: Context, counted: { limit: number; windowMs: number }) {
  const limit = new RateLimit({ ...counted, keys: KEYS, now: () => ctx.now().getTime() });
  return createMiddleware<BearerEnv>(async (c, next) => {
    const wait = limit.take(c.var.bearer.personId);
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}

/** So many from each customer of the net in a window of time, counted in this process's memory. */
export function limitFrom(ctx: Context, window: { limit: number; windowMs: number }) {
  const limit = new RateLimit({ ...window, keys: KEYS, now: () => ctx.now().getTime() });
  return createMiddleware<FromEnv>(async (c, next) => {
    const wait = limit.take(c.var.from.customer);
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}

/**
 * Slows down whoever guesses: so many tries per client address, per handle from there, and per handle from everywhere. A try that
 * succeeds counts too. Counted in this process's memory.
 */
export function limitTries(ctx: Context, limits: TryLimits) {
  const now = (): number => ctx.now().getTime();
  const { windowMs } = limits;
  const addresses = new RateLimit({ limit: limits.perAddress, windowMs, keys: KEYS, now });
  const pairs = new RateLimit({ limit: limits.perPair, windowMs, keys: KEYS, now });
  const handles = new RateLimit({ limit: limits.perHandle, windowMs, keys: KEYS, now });
  return createMiddleware<FromEnv>(async (c, next) => {
    const { customer } = c.var.from;
    const { handle, email = "" } = c.req.valid("json" as never) as { handle?: string; email?: string };
    const name = normaliseHandle(handle ?? email);
    const wait = addresses.take(customer) ?? pairs.take(`${customer} ${name}`) ?? handles.take(name);
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}

/** The same by the address alone, where nobody has said yet who they are. */
export function limitAddress(ctx: Context) {
  const { perAddress: limit, windowMs } = signInLimits;
  const addresses = new RateLimit({ limit, windowMs, keys: KEYS, now: () => ctx.now().getTime() });
  return createMiddleware<FromEnv>(async (c, next) => {
    const wait = addresses.take(c.var.from.customer);
    if (wait !== undefined) throw new TooMany(wait);
    await next();
  });
}
