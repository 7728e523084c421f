import { Hono } from "hono";
import { endOwnAccount } from "#domain/ending/end.ts";
import { endingSchema } from "#protocol/ending-schemas.ts";
import type { Ending } from "#protocol/ending.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { describe } from "../parse.ts";
import type { Services } from "../services.ts";

/** The end of one's own account. */
export function endingRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>().post(
    "/me/end",
    describe({
      tag: "Account",
      summary:
        "Let one's account end; all sessions end now, and until the answered moment one keeps it by signing in; after `POST /me/confirm`",
      answers: { 200: endingSchema },
    }),
    confirmed(ctx),
    async (c) => {
      const { personId } = c.var.bearer;
      const endsAt = await endOwnAccount(ctx, { personId, address: c.var.from.address });
      return c.json<Ending>({ endsAt: endsAt.toISOString() });
    },
  );
}
