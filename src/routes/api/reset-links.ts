import { Hono } from "hono";
import { languageOf } from "#lib/language.ts";
import { makeResetLink } from "#domain/sign-up/reset.ts";
import { resetLinkSchema } from "#protocol/sign-up-schemas.ts";
import type { ResetLink } from "#protocol/sign-up.ts";
import type { BearerEnv } from "../bearer.ts";
import type { FromEnv } from "../from.ts";
import { confirmed } from "../confirmed.ts";
import { describe, idOf } from "../parse.ts";
import type { Services } from "../services.ts";

/** Ways back into accounts, to be handed to their owners. */
export function resetLinkRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>().post(
    "/admin/people/:id/reset-link",
    describe({
      tag: "Running the server",
      summary:
        "Make a link with which somebody gives themselves another password, once and within a day; after `POST /me/confirm`",
      answers: { 201: resetLinkSchema },
    }),
    confirmed(ctx),
    async (c) => {
      const personId = idOf<"person">(c.req.param("id"));
      const { address } = c.var.from;
      const language = languageOf(c.req.header("Accept-Language"));
      const { personId: by } = c.var.bearer;
      const { url, expiresAt } = await makeResetLink(ctx, { by, personId, language, address });
      return c.json<ResetLink>({ url, expiresAt: expiresAt.toISOString() }, 201);
    },
  );
}
