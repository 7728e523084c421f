import { Hono } from "hono";
import { z } from "zod";
import { listAudit } from "#domain/audit-list.ts";
import { readOverview } from "#domain/overview.ts";
import { changeServerSettings, readSettingsFor } from "#domain/server-settings.ts";
import { auditActions } from "#lib/audit-action.ts";
import { registrationModes } from "#lib/registration.ts";
import { presentAuditEntry } from "#present/admin.ts";
import type { AdminOverview, AdminSettings, AuditPage } from "#protocol/admin.ts";
import { adminOverviewSchema, adminSettingsSchema, auditPageSchema } from "#protocol/admin-schemas.ts";
import { describe, idOf, limitSchema, parse } from "../../parse.ts";
import type { Services } from "../../services.ts";
import { decider, type AdminEnv } from "./office.ts";

const tag = "Running the server";
const AuditQuery = z.strictObject({
  person: z.uuid().optional(),
  handle: z.string().trim().min(1).max(100).optional(),
  action: z.enum(auditActions).optional(),
  after: z.uuid().optional(),
  limit: limitSchema,
});
const SettingsBody = z.strictObject({ registration: z.enum(registrationModes).exactOptional() });

/** What was done, and what holds. */
export function recordRoutes({ ctx }: Services) {
  return new Hono<AdminEnv>()
    .get(
      "/admin/audit",
      describe({
        tag,
        summary:
          "What was done that matters later, newest first; of `person`, or whoever has `handle`: what they did, or was done about them",
        answers: { 200: auditPageSchema },
      }),
      parse("query", AuditQuery),
      async (c) => {
        const { person, handle, action = null, after, limit } = c.req.valid("query");
        const named = handle === undefined ? null : { handle };
        const rows = await listAudit(ctx, {
          ...decider(c),
          of: person === undefined ? named : { personId: idOf<"person">(person) },
          action,
          after: after === undefined ? null : idOf<"audit-entry">(after),
          limit,
        });
        const next = rows.length < limit ? null : (rows.at(-1)?.id ?? null);
        return c.json<AuditPage>({ entries: rows.map(presentAuditEntry), next });
      },
    )
    .get(
      "/admin/overview",
      describe({
        tag,
        summary: "How much there is of each; null for what one may not look at",
        answers: { 200: adminOverviewSchema },
      }),
      async (c) => {
        const { version } = ctx.settings;
        return c.json<AdminOverview>({ version, ...(await readOverview(ctx, decider(c))) });
      },
    )
    .get(
      "/admin/settings",
      describe({ tag, summary: "What is decided about this server", answers: { 200: adminSettingsSchema } }),
      async (c) => c.json<AdminSettings>(await readSettingsFor(ctx, decider(c))),
    )
    .patch(
      "/admin/settings",
      describe({
        tag,
        summary: "Decide anew about this server; what is left out stays",
        answers: { 200: adminSettingsSchema },
      }),
      parse("json", SettingsBody),
      async (c) => {
        const change = c.req.valid("json");
        return c.json<AdminSettings>(await changeServerSettings(ctx, { ...decider(c), change }));
      },
    );
}
