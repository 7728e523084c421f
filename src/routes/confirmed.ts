import { createMiddleware } from "hono/factory";
import type { Context } from "#domain/context.ts";
import { requireConfirmation } from "#domain/sign-in/confirm.ts";
import type { BearerEnv } from "./bearer.ts";

/** Lets only those through who have shown once more who they are; stands behind `bearer`. */
export function confirmed(ctx: Context) {
  return createMiddleware<BearerEnv>(async (c, next) => {
    await requireConfirmation(ctx, c.var.bearer, c.req.header("Confirmation"));
    await next();
  });
}
