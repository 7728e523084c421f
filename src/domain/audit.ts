import type { Transaction } from "#db/connect.ts";
import { insertAuditEntry, type AuditEntryRow } from "#db/audit.ts";
import { newId, type PersonId } from "#lib/ids.ts";
import type { AuditDetails } from "./audit-actions.ts";
import type { Context } from "./context.ts";

export type { AuditEntryRow };

/** What is noted, who did it, about whom, and from where. */
export type Audited = {
  [Action in keyof AuditDetails]: {
    action: Action;
    details: AuditDetails[Action];
    /** Null for the command line, and for what nobody did. */
    actorId: PersonId | null;
    personId?: PersonId;
    /** The client's address. */
    address?: string | undefined;
  };
}[keyof AuditDetails];

/** Notes what was done, in the transaction that does it. */
export async function audit(ctx: Context, tx: Transaction, entry: Audited): Promise<void> {
  const { personId = null, address = null, ...rest } = entry;
  await insertAuditEntry(tx, { id: newId<"audit-entry">(), at: ctx.now(), ...rest, personId, address });
}
