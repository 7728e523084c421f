import { Hono } from "hono";
import { z } from "zod";
import { exportConversation } from "#domain/export.ts";
import { exportType, presentExport } from "#present/export.ts";
import type { BearerEnv } from "../bearer.ts";
import { limitAsking } from "../limits.ts";
import { describe, idOf, parse } from "../parse.ts";
import type { Services } from "../services.ts";

const ExportQuery = z.strictObject({ format: z.enum(["json", "html", "text"]).default("json") });
const endings = { json: "json", html: "html", text: "txt" } as const;

/** A conversation to take along. */
export function exportRoutes({ ctx }: Services) {
  return new Hono<BearerEnv>().get(
    "/conversations/:id/export",
    describe({
      tag: "Conversations",
      summary: "Take along all that one may read of a conversation; a file, written while it is read",
      answers: { 200: null },
    }),
    parse("query", ExportQuery),
    limitAsking(ctx),
    async (c) => {
      const { format } = c.req.valid("query");
      const conversationId = idOf<"conversation">(c.req.param("id"));
      const { view, pages } = await exportConversation(ctx, { ...c.var.bearer, conversationId });
      const about = { place: ctx.settings, view, at: ctx.now(), format };
      const body = ReadableStream.from(presentExport(about, pages)).pipeThrough(new TextEncoderStream());
      return c.body(body, 200, {
        "Content-Type": exportType(format),
        "Content-Disposition": `attachment; filename="conversation-${conversationId}.${endings[format]}"`,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      });
    },
  );
}
