import { Hono } from "hono";
import { readAllowedApps, removeApp } from "#domain/oauth/allowed.ts";
import type { AllowedAppList } from "#protocol/apps.ts";
import { allowedAppListSchema } from "#protocol/apps-schemas.ts";
import type { BearerEnv } from "../bearer.ts";
import type { FromEnv } from "../from.ts";
import { describe, idOf } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Apps";

/** The apps that somebody has let in. */
export function allowedAppRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/apps",
      describe({ tag, summary: "Which apps one has let in", answers: { 200: allowedAppListSchema } }),
      async (c) => {
        const rows = await readAllowedApps(ctx, c.var.bearer.personId);
        const apps = rows.map(({ app: { id, name, website }, scopes, sessions, allowedAt, seenAt }) => {
          const times = { allowedAt: allowedAt.toISOString(), seenAt: seenAt?.toISOString() ?? null };
          return { id, name, website, scopes: [...new Set(scopes)], sessions, ...times };
        });
        return c.json<AllowedAppList>({ apps });
      },
    )
    .delete(
      "/me/apps/:id",
      describe({ tag, summary: "Take everything from an app", answers: { 204: null } }),
      async (c) => {
        const { personId } = c.var.bearer;
        const { address } = c.var.from;
        await removeApp(ctx, { personId, appId: idOf<"app">(c.req.param("id")), address });
        return c.body(null, 204);
      },
    );
}
