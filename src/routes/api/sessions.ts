import { Hono } from "hono";
import { z } from "zod";
import { endOneSession, endOtherSessions, listSessions, renameSession } from "#domain/sessions.ts";
import { presentSession } from "#present/sessions.ts";
import { sessionListSchema } from "#protocol/session-schemas.ts";
import type { SessionList } from "#protocol/sessions.ts";
import type { BearerEnv } from "../bearer.ts";
import type { FromEnv } from "../from.ts";
import { describe, idOf, parse, printable } from "../parse.ts";
import type { Services } from "../services.ts";

const Name = z.strictObject({
  name: z
    .string()
    .trim()
    .max(1_000)
    .refine(...printable),
});

/** Where the caller is signed in. */
export function sessionRoutes({ ctx }: Services) {
  const tag = "Sessions";
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/sessions",
      describe({
        tag,
        summary: "Where one is signed in, the session seen last first",
        answers: { 200: sessionListSchema },
      }),
      async (c) => {
        const { personId, sessionId } = c.var.bearer;
        const sessions = await listSessions(ctx, personId);
        return c.json<SessionList>({ sessions: sessions.map((row) => presentSession(row, sessionId)) });
      },
    )
    .patch(
      "/me/sessions/:id",
      describe({
        tag,
        summary: "Call a session something; an empty name takes that away",
        answers: { 204: null },
      }),
      parse("json", Name),
      async (c) => {
        const { personId } = c.var.bearer;
        await renameSession(ctx, { personId, id: idOf(c.req.param("id")), ...c.req.valid("json") });
        return c.body(null, 204);
      },
    )
    .delete(
      "/me/sessions/:id",
      describe({ tag, summary: "End a session, wherever it is", answers: { 204: null } }),
      async (c) => {
        const { address } = c.var.from;
        await endOneSession(ctx, { ...c.var.bearer, id: idOf(c.req.param("id")), address });
        return c.body(null, 204);
      },
    )
    .delete(
      "/me/sessions",
      describe({ tag, summary: "End every session but this one", answers: { 204: null } }),
      async (c) => {
        const { address } = c.var.from;
        await endOtherSessions(ctx, { ...c.var.bearer, address });
        return c.body(null, 204);
      },
    );
}
