import { findAdministered } from "#db/administered.ts";
import { findSessions, type ListedSession } from "#db/session-list.ts";
import type { PersonId, SessionId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import { outranks } from "#lib/server-role.ts";
import type { Context } from "./context.ts";
import type { Decided } from "./people-rules.ts";
import { requirePermission } from "./roles.ts";
import { revokeSession } from "./tokens.ts";

/** Somebody's sessions that can still be used. Refuses `not_permitted`, also about those who stand as high. */
export async function listSessionsOf(ctx: Context, input: Decided): Promise<ListedSession[]> {
  await checkBelow(ctx, input);
  return await findSessions(ctx.db, { personId: input.personId, now: ctx.now() });
}

/** Ends one of somebody's sessions, on every node at once. Refuses alike, and one that is not theirs. */
export async function endSessionOf(ctx: Context, input: Decided & { id: SessionId }): Promise<void> {
  const { by, personId, id, address } = input;
  await checkBelow(ctx, input);
  if (!(await revokeSession(ctx, { id, personId }, { by, address }))) throw new Refusal("not_found");
}

async function checkBelow(ctx: Context, { by, personId }: { by: PersonId | null; personId: PersonId }) {
  const role = by === null ? null : await requirePermission(ctx, by, "people");
  const person = await findAdministered(ctx.db, personId);
  if (person === null) throw new Refusal("not_found");
  if (role !== null && by !== personId && !outranks(role, person.role)) throw new Refusal("not_permitted");
}
