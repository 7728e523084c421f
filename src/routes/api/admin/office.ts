import { createMiddleware } from "hono/factory";
import type { Context } from "#domain/context.ts";
import { requireOffice } from "#domain/roles.ts";
import type { PersonId } from "#lib/ids.ts";
import type { BearerEnv } from "../../bearer.ts";
import type { FromEnv } from "../../from.ts";

/** What routes know of whoever runs the server. */
export interface AdminEnv extends FromEnv {
  Variables: FromEnv["Variables"] & BearerEnv["Variables"];
}

/** Answers whoever has no hand in running the server before anything else is looked at: the same, whatever they ask for. */
export function office(ctx: Context) {
  return createMiddleware<AdminEnv>(async (c, next) => {
    await requireOffice(ctx, c.var.bearer.personId);
    await next();
  });
}

/** Who decides, and from where. */
export function decider(c: { readonly var: AdminEnv["Variables"] }): { by: PersonId; address: string } {
  return { by: c.var.bearer.personId, address: c.var.from.address };
}
