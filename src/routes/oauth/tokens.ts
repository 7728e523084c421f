import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "#domain/context.ts";
import type { AppRow } from "#domain/oauth/apps.ts";
import {
  exchangeCode,
  giveBackToken,
  type Grant,
  grantToApp,
  inspectToken,
  type TokenState,
} from "#domain/oauth/grants.ts";
import { Refusal } from "#lib/refusal.ts";
import type { FromEnv } from "../from.ts";
import { limitFrom } from "../limits.ts";
import { describe } from "../parse.ts";
import type { Services } from "../services.ts";
import { clientOf } from "./client.ts";
import { readForm } from "./form.ts";

const tag = "Apps";

const text = z.string().max(2_000);
const client = { client_id: text.optional(), client_secret: text.optional() };
const TokenRequest = z.object({
  ...client,
  grant_type: text,
  code: text.optional(),
  redirect_uri: text.optional(),
  code_verifier: text.optional(),
  scope: text.optional(),
});
const OneToken = z.object({ ...client, token: text.min(1) });

const tokenSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    scope: z.string(),
    created_at: z.int(),
    expires_in: z.int().exactOptional(),
  })
  .meta({ id: "OAuthToken" });
const stateSchema = z
  .object({
    active: z.boolean(),
    scope: z.string().exactOptional(),
    client_id: z.string().exactOptional(),
    token_type: z.literal("Bearer").exactOptional(),
    username: z.string().exactOptional(),
    sub: z.string().exactOptional(),
    iss: z.string().exactOptional(),
    iat: z.int().exactOptional(),
    exp: z.int().exactOptional(),
  })
  .meta({ id: "OAuthTokenState" });

/** Where apps get their tokens, give them back and ask what they are. */
export function tokenRoutes({ ctx }: Services) {
  return new Hono<FromEnv>()
    .use("*", limitFrom(ctx, "tokens"))
    .post(
      "/token",
      describe({
        tag,
        summary: "Exchange a code for a token (RFC 6749)",
        answers: { 200: tokenSchema },
        open: true,
        form: TokenRequest,
      }),
      async (c) => {
        const request = await readForm(c, TokenRequest);
        const app = await clientOf(ctx, c, request);
        if (request.grant_type === "client_credentials") {
          return c.json(presentGrant(await grantToApp(ctx, app, request.scope)));
        }
        if (request.grant_type !== "authorization_code") {
          throw new Refusal("unsupported_grant_type", { field: "grant_type" });
        }
        const { code, redirect_uri: redirectUri, code_verifier: verifier } = request;
        if (code === undefined || redirectUri === undefined) throw new Refusal("invalid_request");
        const brought = { code, redirectUri, verifier, address: c.var.from.address };
        return c.json(presentGrant(await exchangeCode(ctx, app, brought)));
      },
    )
    .post(
      "/revoke",
      describe({
        tag,
        summary: "Give a token back (RFC 7009)",
        answers: { 200: z.object({}) },
        open: true,
        form: OneToken,
      }),
      async (c) => {
        const request = await readForm(c, OneToken);
        const app = await clientOf(ctx, c, request);
        await giveBackToken(ctx, app, { token: request.token, ...c.var.from });
        return c.json({});
      },
    )
    .post(
      "/introspect",
      describe({
        tag,
        summary: "What an app's own token stands for (RFC 7662)",
        answers: { 200: stateSchema },
        open: true,
        form: OneToken,
      }),
      async (c) => {
        const request = await readForm(c, OneToken);
        const app = await clientOf(ctx, c, request);
        // Whoever proves nothing is told nothing.
        if (app.secretHash === null) throw new Refusal("invalid_client");
        return c.json(presentState(ctx, app, await inspectToken(ctx, app, request.token)));
      },
    );
}

function presentGrant({ token, scopes, createdAt, lasts }: Grant): z.infer<typeof tokenSchema> {
  return {
    access_token: token,
    token_type: "Bearer",
    scope: scopes.join(" "),
    created_at: secondsOf(createdAt),
    ...(lasts !== null && { expires_in: lasts }),
  };
}

function presentState(
  { settings: { origin } }: Context,
  app: AppRow,
  state: TokenState | null,
): z.infer<typeof stateSchema> {
  if (state === null) return { active: false };
  const { scopes, createdAt, expiresAt, person } = state;
  return {
    active: true,
    scope: scopes.join(" "),
    client_id: app.clientId,
    token_type: "Bearer",
    ...(person !== null && { username: person.handle, sub: `${origin}/users/${person.id}` }),
    iss: origin,
    iat: secondsOf(createdAt),
    ...(expiresAt !== null && { exp: secondsOf(expiresAt) }),
  };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
