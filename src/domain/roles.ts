import { findAccountRole } from "#db/accounts.ts";
import type { Queryable } from "#db/connect.ts";
import { findRolePermissions, replacePermissions } from "#db/roles.ts";
import { BoundedMap } from "#lib/bounded-map.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import {
  administrative,
  serverPermissions,
  serverRoles,
  type EverydayPermission,
  type ServerPermission,
  type ServerRole,
} from "#lib/server-role.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { Known } from "./known.ts";
import { record, transact } from "./transact.ts";

const granted = new Known(findRolePermissions);
/** Whose roles are known at once. */
const PEOPLE = 20_000;
/** The roles of people who did something lately. */
const held = new Known(async () => new BoundedMap<PersonId, Promise<ServerRole>>({ max: PEOPLE }));

/** What a role may do on this server. */
export async function permissionsOf(
  ctx: Context,
  role: ServerRole,
  q: Queryable = ctx.db,
): Promise<ReadonlySet<ServerPermission>> {
  if (role === "owner") return new Set(serverPermissions);
  return (await granted.read(ctx, q)).get(role) ?? new Set();
}

/** What every role may do, from the most to the least. */
export async function listRoles(
  ctx: Context,
): Promise<{ role: ServerRole; permissions: ServerPermission[] }[]> {
  return await Promise.all(
    serverRoles.map(async (role) => {
      const may = await permissionsOf(ctx, role);
      return { role, permissions: serverPermissions.filter((permission) => may.has(permission)) };
    }),
  );
}

/** The same for somebody; refuses `not_permitted`. */
export async function listRolesFor(
  ctx: Context,
  { by }: { by: PersonId },
): Promise<{ role: ServerRole; permissions: ServerPermission[] }[]> {
  await requireOffice(ctx, by);
  return await listRoles(ctx);
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

/** Refuses `not_permitted` unless somebody may do anything on this server that concerns others. */
export async function requireOffice(ctx: Context, personId: PersonId): Promise<void> {
  const role = await findAccountRole(ctx.db, personId);
  const may = role === null ? new Set() : await permissionsOf(ctx, role);
  if (!administrative.some((permission) => may.has(permission))) throw new Refusal("not_permitted");
}

/**
 * Refuses `not_permitted` unless somebody may do what people do all day. It costs no question to the database but the
 * first, until somebody's role, or what a role may do, has changed.
 */
export async function checkAllowed(
  ctx: Context,
  { personId, permission }: { personId: PersonId; permission: EverydayPermission },
  q: Queryable = ctx.db,
): Promise<void> {
  const may = await permissionsOf(ctx, await roleOf(ctx, personId, q), q);
  if (!may.has(permission)) throw new Refusal("not_permitted");
}

/** What somebody of this server is, as this process knows it; who cannot sign in is a member. */
export async function roleOf(ctx: Context, personId: PersonId, q: Queryable = ctx.db): Promise<ServerRole> {
  const roles = await held.read(ctx, q);
  const known = roles.get(personId);
  if (known !== undefined) return await known;
  const asked = findAccountRole(q, personId).then((role) => role ?? "member");
  if (q !== ctx.db) return await asked;
  roles.set(personId, asked);
  asked.catch(() => roles.delete(personId)); // whoever waits for it hears of the error
  return await asked;
}

/** Somebody's role, or what a role may do, has changed. */
export function forgetRoles(ctx: Context): void {
  granted.forget(ctx);
  held.forget(ctx);
}

/** Lets a role do these and nothing else. Refuses `not_permitted`: only an owner gives what they like, and nobody changes what owners may. */
export async function setPermissions(
  ctx: Context,
  input: {
    by: PersonId | null;
    role: ServerRole;
    permissions: readonly ServerPermission[];
    address?: string;
  },
): Promise<void> {
  const { by, role, address } = input;
  const permissions = [...new Set(input.permissions)];
  const isOwner = by === null || (await requirePermission(ctx, by, "roles")) === "owner";
  if (!isOwner || role === "owner") throw new Refusal("not_permitted", { field: "role" });
  await transact(ctx, async (tx) => {
    await replacePermissions(tx, role, permissions);
    await audit(ctx, tx, { action: "role.changed", actorId: by, details: { role, permissions }, address });
    record(tx, "terms.changed", {});
  });
  forgetRoles(ctx);
}
