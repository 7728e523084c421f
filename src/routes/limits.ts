import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { normaliseHandle } from "#domain/handles.ts";
import type { Context } from "#domain/context.ts";
import { countAct, countOne, countSend, type LimitName } from "#domain/limits.ts";
import type { BearerEnv } from "./bearer.ts";
import { TooMany } from "./errors.ts";
import type { FromEnv } from "./from.ts";

/** Largest JSON body of our own API, in bytes. */
const JSON_BYTES = 256 * 1024;

const countBody = bodyLimit({ maxSize: JSON_BYTES });

/** Refuses bodies that are too large. To count one costs more than the rest of its way: one that says its length is not longer. */
export const limitBody = createMiddleware(async (c, next) => {
  const length = Number(c.req.header("Content-Length") ?? (c.req.method === "GET" ? 0 : NaN));
  const isTold = length <= JSON_BYTES && c.req.header("Transfer-Encoding") === undefined;
  return isTold ? await next() : await countBody(c, next);
});

/** Which limits count a try: from one address, from there for one name (a handle, or where mail goes), and for it from everywhere. */
export interface TryLimits {
  readonly address: LimitName;
  readonly pair: LimitName;
  readonly handle: LimitName;
}

export const signInLimits: TryLimits = { address: "signIn", pair: "signInPair", handle: "signInHandle" };
export const resetLimits: TryLimits = { address: "reset", pair: "resetPair", handle: "resetHandle" };
export const signUpLimits: TryLimits = { address: "signUp", pair: "signUpPair", handle: "signUpHandle" };

/** For what makes this server ask another one: so many a minute for each person. */
export function limitAsking(ctx: Context) {
  return limitPerson(ctx, "lookUp");
}

/** For what asks whoever is signed in who they are: a session that was stolen must not find out how to show it. */
export function limitGuesses(ctx: Context) {
  return limitPerson(ctx, "guess");
}

/** For what apps ask somebody: each question is kept until it is answered. */
export function limitConsents(ctx: Context) {
  return limitPerson(ctx, "consent");
}

/** For changes of a handle: each tells every server that knows the person. */
export function limitRenames(ctx: Context) {
  return limitPerson(ctx, "rename");
}

/** For what makes this server write to an address: nobody is flooded through it. */
export function limitMails(ctx: Context) {
  return createMiddleware(async (c, next) => {
    const { email } = c.req.valid("json" as never) as { email?: string | null };
    if (email != null) refuse(await countOne(ctx, "mail", email.toLowerCase()));
    await next();
  });
}

function limitPerson(ctx: Context, name: LimitName) {
  return createMiddleware<BearerEnv>(async (c, next) => {
    refuse(await countOne(ctx, name, c.var.bearer.personId));
    await next();
  });
}

/** For what people send; nothing is asked of the database for it. */
export function limitSending(ctx: Context) {
  return createMiddleware<BearerEnv>(async (c, next) => {
    refuse(await countSend(ctx, c.var.bearer.personId));
    await next();
  });
}

/** Whose changes others are told of. */
const told = /\/(?:conversations|messages|invitations|links|join|people|me\/preferences)(?:\/|$)/;
/** Changes of which nobody else hears; what takes one's own words away; and what is said, which is counted by itself. */
const untold: readonly (readonly [method: string, path: RegExp])[] = [
  ["POST", /\/conversations\/[^/]+\/(?:messages|read|decline|leave)$/],
  ["PATCH", /\/conversations\/[^/]+\/membership$/],
  ["PUT", /\/conversations\/[^/]+\/draft$/],
  ["DELETE", /\/conversations\/[^/]+(?:\/draft)?$/],
  ["PUT", /\/messages\/[^/]+\/saved$/],
  ["DELETE", /\/messages\/[^/]+(?:\/saved)?$/],
  ["PUT", /\/people\/[^/]+\/mute$/],
  ["DELETE", /\/people\/[^/]+\/mute$/],
];

/** For everything else that others see: an edit, a reaction, a title costs as much as a message. A new route counts unless it is named here. */
export function limitActing(ctx: Context) {
  return createMiddleware<BearerEnv>(async (c, next) => {
    const { method, path } = c.req;
    const changes = method !== "GET" && method !== "HEAD";
    const isFree = untold.some(([of, pattern]) => of === method && pattern.test(path));
    if (changes && told.test(path) && !isFree) refuse(countAct(ctx, c.var.bearer.personId));
    await next();
  });
}

/** So many from each customer of the net. */
export function limitFrom(ctx: Context, name: LimitName) {
  return createMiddleware<FromEnv>(async (c, next) => {
    refuse(await countOne(ctx, name, c.var.from.customer));
    await next();
  });
}

/**
 * Slows down whoever guesses: so many tries per client address, per handle from there, and per handle from everywhere. A try that
 * succeeds counts too.
 */
export function limitTries(ctx: Context, limits: TryLimits) {
  return createMiddleware<FromEnv>(async (c, next) => {
    const { customer } = c.var.from;
    const { handle, email = "" } = c.req.valid("json" as never) as { handle?: string; email?: string };
    const name = normaliseHandle(handle ?? email);
    refuse(await countOne(ctx, limits.address, customer));
    refuse(await countOne(ctx, limits.pair, `${customer} ${name}`));
    refuse(await countOne(ctx, limits.handle, name));
    await next();
  });
}

/** The same by the address alone, where nobody has said yet who they are. */
export function limitAddress(ctx: Context) {
  return limitFrom(ctx, "signInStep");
}

function refuse(wait: number | undefined): void {
  if (wait !== undefined) throw new TooMany(wait);
}
