import { Hono } from "hono";
import { z } from "zod";
import { changePassword } from "#domain/sign-up/password.ts";
import type { BearerEnv } from "../bearer.ts";
import type { FromEnv } from "../from.ts";
import { limitGuesses } from "../limits.ts";
import { describe, parse } from "../parse.ts";
import type { Services } from "../services.ts";
import { passwordSchema } from "../sign-up.ts";

const tag = "Account";
const ChangePassword = z.strictObject({ current: passwordSchema, password: passwordSchema });

/** What the caller proves with their password. */
export function passwordRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>().put(
    "/me/password",
    describe({
      tag,
      summary: "Choose another password; all other sessions end, those of apps and scripts too",
      answers: { 204: null },
    }),
    parse("json", ChangePassword),
    limitGuesses(ctx),
    async (c) => {
      const { personId, sessionId } = c.var.bearer;
      const { address } = c.var.from;
      await changePassword(ctx, { personId, sessionId, address, ...c.req.valid("json") });
      return c.body(null, 204);
    },
  );
}
