import { Hono } from "hono";
import { deleteCookie, getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { z } from "zod";
import { checkSignIn } from "#domain/accounts.ts";
import { readPerson } from "#domain/people.ts";
import { refreshSession, revokeSession } from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import { signedInSchema } from "#protocol/schemas.ts";
import { secondStepSchema } from "#protocol/sign-in-schemas.ts";
import { bearer } from "./bearer.ts";
import { consentRoutes } from "./consent.ts";
import { knowFrom, type FromEnv } from "./from.ts";
import { limitTries, signInLimits } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import { newcomerRoutes } from "./providers.ts";
import { resetRoutes } from "./reset.ts";
import { secondStepRoutes } from "./second-step.ts";
import type { Services } from "./services.ts";
import { handleSchema, passwordSchema, signUpRoutes } from "./sign-up.ts";
import { COOKIE, cookieOptions, enter, presentSignedIn } from "./signed-in.ts";

const tag = "Signing in";
const Credentials = z.strictObject({ handle: handleSchema, password: passwordSchema });

/** Sign-up, sign-in, refresh and sign-out of our own web client. */
export function authRoutes(services: Services) {
  const { ctx } = services;

  return new Hono<FromEnv>()
    .use(
      "*",
      sameOrigin(ctx.settings.origin),
      knowFrom(services, (path) => (path.endsWith("/sign-up") ? "sign-up" : "sign-in")),
    )
    .route("/", signUpRoutes(services))
    .route("/", resetRoutes(services))
    .route("/consent", consentRoutes(services))
    .route("/providers", newcomerRoutes(services))
    .route("/", secondStepRoutes(services))
    .post(
      "/sign-in",
      describe({
        tag,
        summary: "Sign in with handle and password; 202 where more is asked for",
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
