import type { Transaction } from "#db/connect.ts";
import {
  changeInvitations,
  findInvitation,
  type ChangedInvitation,
  type InvitationRow,
  type ShownInvitation,
  type Which,
} from "#db/invitations.ts";
import type { InvitationId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { record } from "../transact.ts";

export type { ShownInvitation };

/** Tells the sessions of those whom invitations are about. */
export function tellInvited(tx: Transaction, changed: readonly ChangedInvitation[]): void {
  for (const { id: invitationId, personId, number } of changed)
    record(tx, "invitation.changed", { personId, number, invitationId });
}

/** Answers open invitations or takes them back; those that are answered already stay as they are. */
export async function endInvitations(
  ctx: Context,
  tx: Transaction,
  { state, ...which }: Which & { state: InvitationRow["state"] },
): Promise<void> {
  tellInvited(tx, await changeInvitations(tx, which, { state, now: ctx.now() }));
}

/** Tells those whom open invitations are about that the group, or who invites them, looks different now. */
export async function retellInvitations(ctx: Context, tx: Transaction, which: Which): Promise<void> {
  tellInvited(tx, await changeInvitations(tx, which, { now: ctx.now() }));
}

/** Loads an invitation as it is now. */
export async function loadInvitation(
  ctx: Context,
  { invitationId }: { invitationId: InvitationId },
): Promise<ShownInvitation> {
  const found = await findInvitation(ctx.db, invitationId);
  if (found === null) throw new Refusal("not_found");
  return found;
}
