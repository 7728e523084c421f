import { Hono } from "hono";
import { endAccount, keepAccount } from "#domain/ending/end.ts";
import { presentAdministered } from "#present/admin.ts";
import { adminPersonSchema } from "#protocol/admin-schemas.ts";
import type { AdminPerson } from "#protocol/admin.ts";
import { confirmed } from "../../confirmed.ts";
import { describe, idOf } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";
const answers = { 200: adminPersonSchema };

/** The end of others' accounts. */
export function adminEndingRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .post(
      "/admin/people/:id/end",
      describe({
        tag,
        summary:
          "Let somebody's account end, after the days in which it can be kept; after `POST /me/confirm`",
        answers,
      }),
      confirmed(ctx),
      async (c) => {
        const personId = idOf<"person">(c.req.param("id"));
        return c.json<AdminPerson>(presentAdministered(await endAccount(ctx, { ...decider(c), personId })));
      },
    )
    .delete(
      "/admin/people/:id/end",
      describe({ tag, summary: "Keep an account that was to end", answers }),
      async (c) => {
        const personId = idOf<"person">(c.req.param("id"));
        return c.json<AdminPerson>(presentAdministered(await keepAccount(ctx, { ...decider(c), personId })));
      },
    );
}
