import {
  findAdministered,
  findAdministeredByHandle,
  findAdministeredPage,
  hasOtherOwner,
  lockRoles,
  setAccountRole,
  setPersonState,
  type AdministeredRow,
} from "#db/administered.ts";
import type { Transaction } from "#db/connect.ts";
import { findHolder } from "#db/handles.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { outranks, type ServerPermission, type ServerRole } from "#lib/server-role.ts";
import { audit } from "./audit.ts";
import type { Context } from "./context.ts";
import { normaliseHandle } from "./handles.ts";
import { forgetBearers } from "./known-bearers.ts";
import { forgetRoles, permissionsOf, requirePermission } from "./roles.ts";
import { endSessions } from "./tokens.ts";
import { record, transact } from "./transact.ts";

export type Administered = AdministeredRow;

/** Who decides about whom; `by` is null for the command line. */
export interface Decided {
  by: PersonId | null;
  personId: PersonId;
  /** The address of whoever decides. */
  address?: string;
}

/** A page of those who can sign in here, oldest first. Refuses `not_permitted`. */
export async function listPeople(
  ctx: Context,
  input: { by: PersonId; handle: string; after: PersonId | null; limit: number },
): Promise<Administered[]> {
  await requirePermission(ctx, input.by, "people");
  return await findAdministeredPage(ctx.db, input);
}

/**
 * Finds somebody of this server by their handle, or by one that is held for them, in whatever state they are; for the
 * command line.
 */
export async function findByHandle(ctx: Context, text: string): Promise<Administered> {
  const handle = normaliseHandle(text);
  const holder = await findHolder(ctx.db, handle);
  const found =
    (await findAdministeredByHandle(ctx.db, handle)) ??
    (holder === null ? null : await findAdministered(ctx.db, holder));
  if (found === null) throw new Refusal("not_found", { field: "handle" });
  return found;
}

/**
 * Gives somebody a role. Refuses `not_permitted` where the role may more than whoever gives it, or where they do not stand
 * above whom they give it to (everybody may give way), and `last_owner`.
 */
export async function giveRole(ctx: Context, input: Decided & { role: ServerRole }): Promise<Administered> {
  const { by, personId, role, address } = input;
  return await decide(ctx, { ...input, permission: "roles" }, async (tx, { person, byRole }) => {
    if (byRole !== null) await checkGift(ctx, tx, { byRole, role });
    if (person.role === role) return person;
    if (role !== "owner") await checkOwnerRemains(tx, person);
    await setAccountRole(tx, personId, role);
    const details = { role, before: person.role };
    await audit(ctx, tx, { action: "role.given", actorId: by, personId, details, address });
    record(tx, "terms.changed", {});
    return { ...person, role };
  });
}

/** Shuts somebody out: their sessions end with it. Refuses `not_permitted`, `last_owner`, and oneself. */
export async function suspendPerson(ctx: Context, input: Decided): Promise<Administered> {
  const { by, personId, address } = input;
  if (by === personId) throw new Refusal("yourself");
  return await decide(ctx, { ...input, permission: "people" }, async (tx, { person }) => {
    if (person.state === "suspended") return person;
    await checkOwnerRemains(tx, person);
    await setPersonState(tx, personId, "suspended");
    await endSessions(ctx, tx, { personId });
    await audit(ctx, tx, { action: "person.suspended", actorId: by, personId, details: {}, address });
    return { ...person, state: "suspended" };
  });
}

/** Lets somebody in again, who signs in anew. Refuses `not_permitted`. */
export async function restorePerson(ctx: Context, input: Decided): Promise<Administered> {
  const { by, personId, address } = input;
  return await decide(ctx, { ...input, permission: "people" }, async (tx, { person }) => {
    if (person.state === "active") return person;
    await setPersonState(tx, personId, "active");
    await audit(ctx, tx, { action: "person.restored", actorId: by, personId, details: {}, address });
    return { ...person, state: "active" };
  });
}

/** Refuses `last_owner` where nobody else would own this server; for whoever takes an owner away, after `lockRoles`. */
export async function checkOwnerRemains(tx: Transaction, person: Administered): Promise<void> {
  const counts = person.role === "owner" && person.state === "active" && person.endsAt === null;
  if (counts && !(await hasOtherOwner(tx, person.id))) throw new Refusal("last_owner");
}

export interface Decision extends Decided {
  permission: "roles" | "people";
}

/** Decides about somebody as whoever may: under the lock of all roles, so that nobody decides with a role that they lost. */
export async function decide(
  ctx: Context,
  { by, personId, permission }: Decision,
  work: (tx: Transaction, who: { person: Administered; byRole: ServerRole | null }) => Promise<Administered>,
): Promise<Administered> {
  const after = await transact(ctx, async (tx) => {
    await lockRoles(tx);
    const byRole = by === null ? null : await roleOfDecider(ctx, tx, { by, permission });
    const person = await findAdministered(tx, personId);
    if (person === null || person.state === "deleted") throw new Refusal("not_found");
    if (byRole !== null && by !== personId && !outranks(byRole, person.role))
      throw new Refusal("not_permitted");
    return await work(tx, { person, byRole });
  });
  forgetBearers(ctx);
  forgetRoles(ctx);
  return after;
}

async function roleOfDecider(
  ctx: Context,
  tx: Transaction,
  { by, permission }: { by: PersonId; permission: ServerPermission },
): Promise<ServerRole> {
  const decider = await findAdministered(tx, by);
  const may = decider?.state === "active" && (await permissionsOf(ctx, decider.role, tx)).has(permission);
  if (decider === null || !may) throw new Refusal("not_permitted");
  return decider.role;
}

/** Nobody gives more than they have. */
async function checkGift(
  ctx: Context,
  tx: Transaction,
  { byRole, role }: { byRole: ServerRole; role: ServerRole },
): Promise<void> {
  if (byRole === "owner") return;
  const [own, given] = [await permissionsOf(ctx, byRole, tx), await permissionsOf(ctx, role, tx)];
  if (role === "owner" || !given.isSubsetOf(own)) throw new Refusal("not_permitted", { field: "role" });
}
