import { findHandlesOf } from "#db/accounts.ts";
import { isHandleKnown } from "#db/handles.ts";
import type { Queryable } from "#db/connect.ts";
import type { PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { administers, outranks, serverRoles, type ServerRole } from "#lib/server-role.ts";
import type { Context } from "./context.ts";

export const HANDLE_LENGTH = 30;
const WELL_FORMED = /^[a-z0-9_]+$/;

/** Names that readers would take for the server speaking; only who runs it may carry one, or one that looks like it. */
const reserved = [
  "abuse admin administrator admins everyone help here hostmaster info instance luciole moderation moderator",
  "moderators mod noreply official owner postmaster registrar root security server staff superuser support sysadmin",
  "system team webmaster",
].flatMap((line) => line.split(" "));

/** Signs that are read as another. */
const readAs: Readonly<Record<string, string>> = { 0: "o", 1: "l", 3: "e", 4: "a", 5: "s", 7: "t", i: "l" };

/** Who holds them is trusted for what they are; fixed, so that what members may do never makes all of them compared. */
const rolesAbove = serverRoles.filter((role) => outranks(role, "member"));

const reservedShapes = new Set(reserved.map(shapeOf));

/** The one spelling under which a handle is compared and counted: without `@` and capitals. */
export function normaliseHandle(text: string): string {
  return text.trim().replace(/^@/, "").toLowerCase();
}

/** Whether a handle in its one spelling can be one at all: of one script, with nothing in it that cannot be seen. */
export function isWellFormed(handle: string): boolean {
  return WELL_FORMED.test(handle) && handle.length <= HANDLE_LENGTH;
}

/**
 * A handle that somebody may have, in its one spelling, whether or not it is free. Refuses `handle_invalid`, and
 * `handle_reserved`: it stands for the server, or looks like a name that does, or like that of somebody else who stands above members.
 */
export async function checkHandle(
  ctx: Context,
  { handle: text, role, personId }: { handle: string; role: ServerRole; personId?: PersonId },
): Promise<string> {
  const handle = normaliseHandle(text);
  if (!isWellFormed(handle)) throw new Refusal("handle_invalid", { field: "handle" });
  if (administers(role)) return handle;
  const shape = shapeOf(handle);
  const above = await findHandlesOf(ctx.db, rolesAbove);
  const isMistaken = above.some(
    (other) => other.personId !== personId && other.handle !== handle && shapeOf(other.handle) === shape,
  );
  if (isMistaken || reservedShapes.has(shape)) throw new Refusal("handle_reserved", { field: "handle" });
  return handle;
}

/** Refuses `handle_taken`: somebody has it, or had it; nobody else ever gets it while it is held. */
export async function checkFree(q: Queryable, handle: string): Promise<void> {
  if (await isHandleKnown(q, handle)) throw new Refusal("handle_taken", { field: "handle" });
}

/** What two handles have in common that are easily read as the same one. */
function shapeOf(handle: string): string {
  return handle
    .replaceAll("_", "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll(/c[l1]/g, "d")
    .replaceAll(/[013457i]/g, (sign) => readAs[sign] ?? sign);
}
