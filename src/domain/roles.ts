import { findAccountRole } from "#db/accounts.ts";
import { findRolePermissions, replacePermissions } from "#db/roles.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { serverPermissions, serverRoles, type ServerPermission, type ServerRole } from "#lib/server-role.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { Known } from "./known.ts";
import { record, transact } from "./transact.ts";

const granted = new Known(findRolePermissions);

/** What a role may do on this server. */
export async function permissionsOf(ctx: Context, role: ServerRole): Promise<ReadonlySet<ServerPermission>> {
  if (role === "owner") return new Set(serverPermissions);
  return (await granted.read(ctx, ctx.db)).get(role) ?? new Set();
}

/** What every role may do, from the most to the least. */
export async function listRoles(
  ctx: Context,
): Promise<{ role: ServerRole; permissions: readonly ServerPermission[] }[]> {
  return await Promise.all(
    serverRoles.map(async (role) => {
      const may = await permissionsOf(ctx, role);
      return { role, permissions: serverPermissions.filter((permission) => may.has(permission)) };
    }),
  );
}

/**
 * Refuses `not_permitted` unless somebody may do this on this server. The one place where it is decided; answers their
 * role. For the command line, which is the operator, nobody asks.
 */
export async function requirePermission(
  ctx: Context,
  personId: PersonId,
  permission: ServerPermission,
): Promise<ServerRole> {
  const role = await findAccountRole(ctx.db, personId);
  if (role === null || !(await permissionsOf(ctx, role)).has(permission)) throw new Refusal("not_permitted");
  return role;
}

/** Lets a role do these and nothing else. Refuses `not_permitted`: only an owner gives what they like, and nobody changes what owners may. */
export async function setPermissions(
  ctx: Context,
  input: { by: PersonId | null; role: ServerRole; permissions: readonly ServerPermission[] },
): Promise<void> {
  const { by, role, permissions } = input;
  const isOwner = by === null || (await requirePermission(ctx, by, "roles")) === "owner";
  if (!isOwner || role === "owner") throw new Refusal("not_permitted", { field: "role" });
  await transact(ctx, async (tx) => {
    await replacePermissions(tx, role, permissions);
    await audit(ctx, tx, { action: "role.changed", actorId: by, details: { role, permissions } });
    record(tx, "terms.changed", {});
  });
  granted.forget(ctx);
}
