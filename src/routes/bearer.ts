import { createMiddleware } from "hono/factory";
import type { Context } from "#domain/context.ts";
import { noteSeen } from "#domain/sessions.ts";
import { recognise, type Bearer } from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import type { FromEnv } from "./from.ts";

/** What routes behind `bearer` know of their caller. */
export interface BearerEnv {
  Variables: { bearer: Bearer };
}

/** Lets only requests with a valid bearer token through; a cookie or a query never counts. Stands behind `knowFrom`. */
export function bearer(ctx: Context) {
  return createMiddleware<BearerEnv & FromEnv>(async (c, next) => {
    const token = /^Bearer ([\w-]{1,200})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (token === undefined) throw new Refusal("unauthorized");
    const known = await recognise(ctx, token);
    c.set("bearer", known);
    noteSeen(ctx, { id: known.sessionId, address: c.var.from.address });
    await next();
  });
}
