import { eq } from "drizzle-orm";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";
import type { Queryable, Transaction } from "./connect.ts";
import { rolePermission } from "./schema/rules.ts";

/** What each role may do; the owner's row is not there. */
export async function findRolePermissions(
  q: Queryable,
): Promise<ReadonlyMap<ServerRole, ReadonlySet<ServerPermission>>> {
  const rows = await q.select().from(rolePermission);
  return new Map(
    [...Map.groupBy(rows, ({ role }) => role)].map(([role, all]) => [
      role,
      new Set(all.map(({ permission }) => permission)),
    ]),
  );
}

/** Lets a role do these and nothing else. */
export async function replacePermissions(
  tx: Transaction,
  role: ServerRole,
  permissions: readonly ServerPermission[],
): Promise<void> {
  await tx.delete(rolePermission).where(eq(rolePermission.role, role));
  if (permissions.length > 0)
    await tx.insert(rolePermission).values(permissions.map((permission) => ({ role, permission })));
}
