import { createMiddleware } from "hono/factory";
import type { Context } from "#domain/context.ts";
import { noteSeen } from "#domain/sessions.ts";
import { recognise, type Bearer } from "#domain/tokens.ts";
import { Refusal } from "#lib/refusal.ts";
import { covers } from "#lib/scopes.ts";
import type { FromEnv } from "./from.ts";
import { scopeOf } from "./scopes.ts";
import { deviceOf } from "./signed-in.ts";

/** What routes behind `bearer` know of their caller. */
export interface BearerEnv {
  Variables: { bearer: Bearer };
}

/**
 * Lets only requests through with a valid bearer token that was given for what they ask; a cookie or a query never
 * counts. Stands behind `knowFrom`.
 */
export function bearer(ctx: Context) {
  return createMiddleware<BearerEnv & FromEnv>(async (c, next) => {
    const token = /^Bearer ([\w.-]{1,8192})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (token === undefined) throw new Refusal("unauthorized");
    const known = await recognise(ctx, token, deviceOf(c));
    const scope = scopeOf(c.req.method, c.req.path);
    if (known.scopes !== null && !covers(known.scopes, scope)) {
      c.header("WWW-Authenticate", `Bearer error="insufficient_scope", scope="${scope}"`);
      throw new Refusal("insufficient_scope");
    }
    c.set("bearer", known);
    noteSeen(ctx, { id: known.sessionId, address: c.var.from.address });
    await next();
  });
}
