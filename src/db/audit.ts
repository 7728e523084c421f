import type { Queryable } from "./connect.ts";
import { auditEntry } from "./schema/rules.ts";

export async function insertAuditEntry(q: Queryable, row: typeof auditEntry.$inferInsert): Promise<void> {
  await q.insert(auditEntry).values(row);
}
