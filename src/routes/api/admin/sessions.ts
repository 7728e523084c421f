import { Hono } from "hono";
import { endSessionOf, listSessionsOf } from "#domain/sessions-of.ts";
import { presentSession } from "#present/sessions.ts";
import type { SessionList } from "#protocol/sessions.ts";
import { sessionListSchema } from "#protocol/session-schemas.ts";
import { describe, idOf } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";

/** Where somebody is signed in. */
export function adminSessionRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/people/:id/sessions",
      describe({
        tag,
        summary: "Somebody's sessions, the one seen last first",
        answers: { 200: sessionListSchema },
      }),
      async (c) => {
        const personId = idOf<"person">(c.req.param("id"));
        const rows = await listSessionsOf(ctx, { ...decider(c), personId });
        const own = c.var.bearer.sessionId;
        return c.json<SessionList>({ sessions: rows.map((row) => presentSession(row, own)) });
      },
    )
    .delete(
      "/admin/people/:id/sessions/:session",
      describe({ tag, summary: "End one of somebody's sessions", answers: { 204: null } }),
      async (c) => {
        const personId = idOf<"person">(c.req.param("id"));
        const id = idOf<"session">(c.req.param("session"));
        await endSessionOf(ctx, { ...decider(c), personId, id });
        return c.body(null, 204);
      },
    );
}
