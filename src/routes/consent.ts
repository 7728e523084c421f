import { Hono } from "hono";
import { z } from "zod";
import { answerConsent, askConsent } from "#domain/oauth/consent.ts";
import type { Consent, ConsentAnswer } from "#protocol/apps.ts";
import { consentAnswerSchema, consentSchema } from "#protocol/apps-schemas.ts";
import { bearer, type BearerEnv } from "./bearer.ts";
import type { FromEnv } from "./from.ts";
import { limitConsents } from "./limits.ts";
import { describe, parse } from "./parse.ts";
import type { Services } from "./services.ts";

const tag = "Apps";

const text = z.string().max(2_000);
/** The parameters of the page's address, as they came (RFC 6749 section 4.1.1, RFC 7636 section 4.3). */
const Request = z.strictObject({
  client_id: text.min(1),
  redirect_uri: text.min(1),
  response_type: text,
  scope: text.optional(),
  state: text.optional(),
  code_challenge: text.optional(),
  code_challenge_method: text.optional(),
});
const Answer = z.strictObject({ ticket: text.min(1), allow: z.boolean() });

/** What the page asks at which people let apps in: only it may, and only for who sits before it. */
export function consentRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .use("*", bearer(ctx))
    .post(
      "/look",
      describe({ tag, summary: "What an app asks for", answers: { 200: consentSchema } }),
      parse("json", Request),
      limitConsents(ctx),
      async (c) => {
        const asked = c.req.valid("json");
        const { app, ...consent } = await askConsent(ctx, {
          personId: c.var.bearer.personId,
          request: {
            clientId: asked.client_id,
            redirectUri: asked.redirect_uri,
            responseType: asked.response_type,
            scope: asked.scope,
            state: asked.state,
            challenge: asked.code_challenge,
            challengeMethod: asked.code_challenge_method,
          },
        });
        const { id, name, website } = app;
        return c.json<Consent>({ app: { id, name, website }, ...consent });
      },
    )
    .post(
      "/",
      describe({
        tag,
        summary: "Let an app in, or not; `Confirmation` where it wants to run the server",
        answers: { 200: consentAnswerSchema },
      }),
      parse("json", Answer),
      async (c) => {
        const confirmation = c.req.header("Confirmation");
        const { personId, sessionId } = c.var.bearer;
        const decided = { personId, sessionId, confirmation, ...c.req.valid("json") };
        const redirect = await answerConsent(ctx, decided);
        return c.json<ConsentAnswer>({ redirect });
      },
    );
}
