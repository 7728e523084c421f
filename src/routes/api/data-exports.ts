import { Hono } from "hono";
import { beginExport, listExports, readExport, type DataExportRow } from "#domain/exports/exports.ts";
import { dataExportListSchema, dataExportSchema } from "#protocol/ending-schemas.ts";
import type { DataExport, DataExportList } from "#protocol/ending.ts";
import type { BearerEnv } from "../bearer.ts";
import { confirmed } from "../confirmed.ts";
import type { FromEnv } from "../from.ts";
import { describe, idOf } from "../parse.ts";
import type { Services } from "../services.ts";

const tag = "Account";

/** All that is one's own, to take along. */
export function dataExportRoutes({ ctx }: Services) {
  return new Hono<BearerEnv & FromEnv>()
    .get(
      "/me/exports",
      describe({
        tag,
        summary: "The file with all that is one's own: whether it is ready, and until when it is there",
        answers: { 200: dataExportListSchema },
      }),
      async (c) => {
        const rows = await listExports(ctx, c.var.bearer.personId);
        return c.json<DataExportList>({ exports: rows.map(present) });
      },
    )
    .post(
      "/me/exports",
      describe({
        tag,
        summary: "Let a file be made with all that is one's own, once a day; after `POST /me/confirm`",
        answers: { 202: dataExportSchema },
      }),
      confirmed(ctx),
      async (c) => {
        const { personId } = c.var.bearer;
        const row = await beginExport(ctx, { personId, address: c.var.from.address });
        return c.json<DataExport>(present(row), 202);
      },
    )
    .get(
      "/me/exports/:id/file",
      describe({ tag, summary: "Fetch that file, a ZIP archive", answers: { 200: null } }),
      async (c) => {
        const { personId } = c.var.bearer;
        const { row, bytes } = await readExport(ctx, { personId, id: idOf(c.req.param("id")) });
        return c.body(ReadableStream.from(bytes), 200, {
          "Content-Type": "application/zip",
          "Content-Length": String(row.size ?? 0),
          "Content-Disposition": `attachment; filename="luciole-${row.createdAt.toISOString().slice(0, 10)}.zip"`,
        });
      },
    );
}

function present({ id, state, size, createdAt, expiresAt }: DataExportRow): DataExport {
  const times = { createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
  return { id, state, size, ...times };
}
