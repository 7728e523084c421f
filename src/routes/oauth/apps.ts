import { Hono } from "hono";
import { z } from "zod";
import { type AppRow, registerApp } from "#domain/oauth/apps.ts";
import { appOfToken } from "#domain/oauth/grants.ts";
import { Refusal } from "#lib/refusal.ts";
import { hrefOf } from "#lib/web-address.ts";
import type { FromEnv } from "../from.ts";
import { limitFrom } from "../limits.ts";
import { describe, printable } from "../parse.ts";
import type { Services } from "../services.ts";
import { readForm } from "./form.ts";

const tag = "Apps";
/** Most addresses that an app may name. */
const REDIRECTS = 20;

const redirectUri = z.string().min(1).max(2_000);
const NewApp = z.object({
  client_name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine(...printable),
  /** One in each line, or a list. */
  redirect_uris: z.preprocess(
    (value) => (typeof value === "string" ? value.split(/\s+/).filter((line) => line !== "") : value),
    z.array(redirectUri).min(1).max(REDIRECTS),
  ),
  scopes: z.string().max(2_000).optional(),
  website: z
    .string()
    .max(2_000)
    .nullish()
    .transform((text) => text || null)
    .refine((text) => text === null || hrefOf(text) !== null, "A web address is expected."),
  /** `none`: an app that can keep no secret. */
  token_endpoint_auth_method: z
    .enum(["none", "client_secret_basic", "client_secret_post"])
    .default("client_secret_basic"),
});

const appSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    website: z.string().nullable(),
    scopes: z.array(z.string()),
    redirect_uri: z.string(),
    redirect_uris: z.array(z.string()),
  })
  .meta({ id: "OAuthApp" });
const newAppSchema = appSchema
  .extend({
    client_id: z.string(),
    client_secret: z.string().nullable(),
    client_secret_expires_at: z.int(),
  })
  .meta({ id: "NewOAuthApp" });

/** Where apps say what they are, as those for Mastodon do it. */
export function appRoutes({ ctx }: Services) {
  return new Hono<FromEnv>()
    .post(
      "/",
      describe({
        tag,
        summary: "Register an app",
        answers: { 200: newAppSchema },
        open: true,
        form: NewApp,
      }),
      limitFrom(ctx, "apps"),
      async (c) => {
        const input = await readForm(c, NewApp);
        const { app, secret } = await registerApp(ctx, {
          name: input.client_name,
          website: input.website,
          redirectUris: input.redirect_uris,
          scopes: input.scopes,
          confidential: input.token_endpoint_auth_method !== "none",
        });
        return c.json<z.infer<typeof newAppSchema>>({
          ...presentApp(app),
          client_id: app.clientId,
          client_secret: secret,
          client_secret_expires_at: 0,
        });
      },
    )
    .get(
      "/verify_credentials",
      describe({ tag, summary: "Which app a token belongs to", answers: { 200: appSchema } }),
      async (c) => {
        const token = /^Bearer ([\w-]{1,200})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
        if (token === undefined) throw new Refusal("unauthorized");
        return c.json<z.infer<typeof appSchema>>(presentApp(await appOfToken(ctx, token)));
      },
    );
}

function presentApp({ id, name, website, scopes, redirectUris }: AppRow): z.infer<typeof appSchema> {
  return {
    id,
    name,
    website,
    scopes,
    redirect_uri: redirectUris.join("\n"),
    redirect_uris: redirectUris,
  };
}
