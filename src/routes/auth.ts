import { Hono, type Context as Call } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { checkSignIn, signUp } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import { readPerson, type PersonRow } from "#domain/people.ts";
import {
  ACCESS_SECONDS,
  REFRESH_SECONDS,
  refreshSession,
  revokeSession,
  startWebSession,
  type TokenPair,
} from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import { presentPerson } from "#present/people.ts";
import type { SignedIn } from "#protocol/api.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { bearer } from "./bearer.ts";
import { knowFrom, type FromEnv } from "./from.ts";
import { limitTries, signInLimits, signUpLimits } from "./limits.ts";
import { describe, parse, printable } from "./parse.ts";
import type { Services } from "./services.ts";

const tag = "Signing in";
/** The one cookie of the product; only `POST /auth/refresh` reads it. */
const COOKIE = "refresh";
const cookieOptions = {
  prefix: "host",
  httpOnly: true,
  secure: true,
  sameSite: "Strict",
  path: "/",
} as const;
const Credentials = z.strictObject({
  handle: z
    .string()
    .min(1)
    .max(200)
    .refine(...printable),
  password: z.string().min(1).max(10_000),
});

/** Sign-up, sign-in, refresh and sign-out of our own web client. */
export function authRoutes(services: Services) {
  const { ctx, trustedProxies } = services;

  return new Hono<FromEnv>()
    .use("*", sameOrigin(ctx.settings.origin), knowFrom(trustedProxies))
    .post(
      "/sign-up",
      describe({ tag, summary: "Make an account", answers: { 201: signedInSchema }, open: true }),
      parse("json", Credentials),
      limitTries(ctx, signUpLimits),
      async (c) => c.json(await start(ctx, c, await signUp(ctx, c.req.valid("json"))), 201),
    )
    .post(
      "/sign-in",
      describe({
        tag,
        summary: "Sign in with handle and password",
        answers: { 200: signedInSchema },
        open: true,
      }),
      parse("json", Credentials),
      limitTries(ctx, signInLimits),
      async (c) => c.json(await start(ctx, c, await checkSignIn(ctx, c.req.valid("json")))),
    )
    .post(
      "/refresh",
      describe({
        tag,
        summary: "Exchange the refresh cookie for a new pair",
        answers: { 200: signedInSchema },
        open: true,
      }),
      async (c) => {
        const refresh = getCookie(c, COOKIE, "host");
        if (refresh === undefined) throw new Refusal("unauthorized");
        const { personId, ...pair } = await refreshSession(ctx, refresh);
        return c.json(signedIn(ctx, c, { person: await readPerson(ctx, personId), pair }));
      },
    )
    .post(
      "/sign-out",
      describe({ tag, summary: "End this session", answers: { 204: null } }),
      bearer(ctx),
      async (c) => {
        const { sessionId: id, personId } = c.var.bearer;
        await revokeSession(ctx, { id, personId });
        deleteCookie(c, COOKIE, cookieOptions);
        return c.body(null, 204);
      },
    );
}

async function start(ctx: Context, c: Call, person: PersonRow): Promise<SignedIn> {
  const name = (c.req.header("User-Agent") ?? "").slice(0, 300);
  return signedIn(ctx, c, { person, pair: await startWebSession(ctx, { personId: person.id, name }) });
}

/** The access token goes into the answer, for memory only; the refresh token into the cookie. */
function signedIn(ctx: Context, c: Call, given: { person: PersonRow; pair: TokenPair }): SignedIn {
  const { person, pair } = given;
  setCookie(c, COOKIE, pair.refresh, { ...cookieOptions, maxAge: REFRESH_SECONDS });
  return {
    accessToken: pair.access,
    expiresIn: ACCESS_SECONDS,
    person: presentPerson(ctx.settings, person),
  };
}

/**
 * Lets only our own pages in: every sign that a browser gives of where a request comes from must say so, and one of
 * them must be there.
 */
function sameOrigin(origin: string) {
  return createMiddleware(async (c, next) => {
    const from = c.req.header("Origin");
    const site = c.req.header("Sec-Fetch-Site");
    const foreign = (from !== undefined && from !== origin) || (site !== undefined && site !== "same-origin");
    if (foreign || (from === undefined && site === undefined)) {
      return c.json({ error: "cross_site", message: "This is only for this server's own pages." }, 403);
    }
    return await next();
  });
}
