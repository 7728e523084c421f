import { Hono, type Context as Call } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { checkSignIn, signUp } from "#domain/accounts.ts";
import type { Context } from "#domain/context.ts";
import { readPerson, type PersonRow } from "#domain/people.ts";
import { beginSession } from "#domain/sign-in/begin.ts";
import { refreshSession, revokeSession } from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { secondStepSchema } from "#protocol/sign-in-schemas.ts";
import { bearer } from "./bearer.ts";
import { knowFrom, type FromEnv } from "./from.ts";
import { limitTries, signInLimits, signUpLimits } from "./limits.ts";
import { describe, parse, printable } from "./parse.ts";
import type { Services } from "./services.ts";
import { COOKIE, cookieOptions, deviceOf, presentSecondStep, presentSignedIn } from "./signed-in.ts";

const tag = "Signing in";
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
  const { ctx } = services;

  return new Hono<FromEnv>()
    .use(
      "*",
      sameOrigin(ctx.settings.origin),
      knowFrom(services, (path) => (path.endsWith("/sign-up") ? "sign-up" : "sign-in")),
    )
    .post(
      "/sign-up",
      describe({ tag, summary: "Make an account", answers: { 201: signedInSchema }, open: true }),
      parse("json", Credentials),
      limitTries(ctx, signUpLimits),
      async (c) => enter(ctx, c, { person: await signUp(ctx, c.req.valid("json")), status: 201 }),
    )
    .post(
      "/sign-in",
      describe({
        tag,
        summary: "Sign in with handle and password",
        answers: { 200: signedInSchema, 202: secondStepSchema },
        open: true,
      }),
      parse("json", Credentials),
      limitTries(ctx, signInLimits),
      async (c) => enter(ctx, c, { ...(await checkSignIn(ctx, c.req.valid("json"))), status: 200 }),
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
        const { personId, ...tokens } = await refreshSession(ctx, refresh);
        return c.json(presentSignedIn(ctx, c, { person: await readPerson(ctx, personId), tokens }));
      },
    )
    .post(
      "/sign-out",
      describe({ tag, summary: "End this session", answers: { 204: null } }),
      bearer(ctx),
      async (c) => {
        const { sessionId: id, personId } = c.var.bearer;
        await revokeSession(ctx, { id, personId }, { by: personId, address: c.var.from.address });
        deleteCookie(c, COOKIE, cookieOptions);
        return c.body(null, 204);
      },
    );
}

/** Begins a session by a password; 202 where more is asked for. */
async function enter<Env extends FromEnv>(
  ctx: Context,
  c: Call<Env>,
  { person, status, ...proof }: { person: PersonRow; passwordHash?: string; status: 200 | 201 },
) {
  const begun = await beginSession(ctx, {
    personId: person.id,
    device: deviceOf(c),
    by: "password",
    ...proof,
  });
  if ("ticket" in begun) return c.json(presentSecondStep(begun), 202);
  return c.json(presentSignedIn(ctx, c, { person, ...begun }), status);
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
