import { type AuditQuery, findAuditPage } from "#db/audit.ts";
import type { PersonId } from "#lib/ids.ts";
import type { AuditEntryRow } from "./audit.ts";
import type { Context } from "./context.ts";
import { findByHandle } from "./people-rules.ts";
import { requirePermission } from "./roles.ts";

/** Which entries are asked for; `by` is null for the command line. */
export interface ListAudit extends Omit<AuditQuery, "personId"> {
  by: PersonId | null;
  /** Only what they did, or what was done about them; null for everybody. */
  of: { personId: PersonId } | { handle: string } | null;
}

/** What was done that matters later, newest first. Refuses `not_permitted`, and a handle that nobody has here. */
export async function listAudit(ctx: Context, { by, of, ...page }: ListAudit): Promise<AuditEntryRow[]> {
  if (by !== null) await requirePermission(ctx, by, "audit");
  if (of === null) return await findAuditPage(ctx.db, { ...page, personId: null });
  const personId = "personId" in of ? of.personId : (await findByHandle(ctx, of.handle)).id;
  return await findAuditPage(ctx.db, { ...page, personId });
}
