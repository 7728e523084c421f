import { Hono } from "hono";
import { z } from "zod";
import { finishLink, linkToken, listIdentities, unlink } from "#domain/issuers/linked.ts";
import { beginJourney } from "#domain/issuers/sign-in.ts";
import { TOKEN_LENGTH } from "#domain/issuers/token.ts";
import type { IdentityList, ProviderJourney } from "#protocol/issuers.ts";
import { identityListSchema, providerJourneySchema } from "#protocol/issuer-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import { keepFlow, readFlow } from "../flow.ts";
import type { FromEnv } from "../from.ts";
import { describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Account";
const Token = z.strictObject({ token: z.string().min(1).max(TOKEN_LENGTH) });
const Finish = z.strictObject({ ticket: z.string().min(1).max(200) });

/** By which issuers the caller is known. */
export function identityRoutes({ ctx }: Pick<Services, "ctx">) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/identities",
      describe({
        tag,
        summary: "Which issuers know the caller, oldest first",
        answers: { 200: identityListSchema },
      }),
      async (c) => {
        const all = await listIdentities(ctx, c.var.bearer.personId);
        const identities = all.map(({ issuerId, slug, name, createdAt }) => {
          return { issuerId, slug, name, createdAt: createdAt.toISOString() };
        });
        return c.json<IdentityList>({ identities });
      },
    )
    .route("/", linkRoutes({ ctx }))
    .delete(
      "/me/identities/:issuerId",
      describe({
        tag,
        summary: "Be known by an issuer no more, unless one could not sign in then",
        answers: { 204: null },
      }),
      confirmed(ctx),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const issuerId = idOf<"issuer">(c.req.param("issuerId"));
        await unlink(ctx, { personId, sessionId, issuerId, address: c.var.from.address });
        return c.body(null, 204);
      },
    );
}

/** How one comes to be known by another. */
function linkRoutes({ ctx }: Pick<Services, "ctx">) {
  return new Hono<BearerEnv & FromEnv>()
    .post(
      "/me/identities",
      describe({
        tag,
        summary: "Be known by an issuer too, whose signed token one has (`Confirmation`)",
        answers: { 204: null },
      }),
      confirmed(ctx),
      parse("json", Token),
      async (c) => {
        const owner = { personId: c.var.bearer.personId, address: c.var.from.address };
        await linkToken(ctx, { ...owner, ...c.req.valid("json") });
        return c.body(null, 204);
      },
    )
    .post(
      "/me/identities/:slug/begin",
      describe({
        tag,
        summary: "Where the browser goes to be known by a provider too",
        answers: { 200: providerJourneySchema },
      }),
      confirmed(ctx),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const link = { personId, sessionId };
        const slug = c.req.param("slug");
        const url = await beginJourney(ctx, { slug, flow: keepFlow(c), next: "", link });
        return c.json<ProviderJourney>({ url });
      },
    )
    .post(
      "/me/identities/finish",
      describe({
        tag,
        summary: "Be known by a provider that one has just come back from, in the same session and browser",
        answers: { 204: null },
      }),
      parse("json", Finish),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const { address } = c.var.from;
        const { ticket } = c.req.valid("json");
        await finishLink(ctx, { personId, sessionId, ticket, flow: readFlow(c), address });
        return c.body(null, 204);
      },
    );
}
