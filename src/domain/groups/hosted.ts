import { findFormerMember } from "#db/groups.ts";
import { findRoom } from "#db/rooms.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { Refusal } from "#lib/refusal.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { lockGroup, type Action, type OfMember } from "./permit.ts";

/** Refuses `not_found` for what is no group that this server keeps: nobody asks another server by way of us. */
export async function checkHosted(ctx: Context, id: ConversationId): Promise<void> {
  const room = await findRoom(ctx.db, id);
  if (room === null || room.uri !== null || room.keeper.host !== null) throw new Refusal("not_found");
}

/** Whoever was in a group, and wants something of it, is told that they are not; to everybody else it is not there. */
export async function refuseOutsider(
  ctx: Context,
  of: { personId: PersonId; conversationId: ConversationId },
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isOutside = error instanceof Refusal && error.code === "not_found";
    if (!isOutside || (await findFormerMember(ctx.db, of)) === null) throw error;
    throw new Refusal("not_member");
  }
}

/** Refuses what a member may not want, before anybody is looked up for it. */
export async function checkWish(ctx: Context, of: OfMember & { action: Action }): Promise<void> {
  await transact(ctx, async (tx) => void (await lockGroup(ctx, tx, of)));
}
