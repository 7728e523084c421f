import { findAuditPage } from "#db/audit.ts";
import type { Id, PersonId } from "#lib/ids.ts";
import type { AuditEntryRow } from "./audit.ts";
import type { Context } from "./context.ts";
import { requirePermission } from "./roles.ts";

/** Which entries are asked for; `by` is null for the command line. */
export interface ListAudit {
  by: PersonId | null;
  /** Only what they did, or what was done about them. */
  personId: PersonId | null;
  /** Those before this one. */
  after: Id<"audit-entry"> | null;
  limit: number;
}

/** What was done that matters later, newest first. Refuses `not_permitted`. */
export async function listAudit(ctx: Context, { by, ...page }: ListAudit): Promise<AuditEntryRow[]> {
  if (by !== null) await requirePermission(ctx, by, "audit");
  return await findAuditPage(ctx.db, page);
}
