import { findMember, lockConversations } from "#db/conversations.ts";
import { deleteJoinRequest, findLinkByCode } from "#db/invite-links.ts";
import { findPersonById } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { instanceActor } from "../people.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { tellServers } from "./tell-server.ts";
import { leaveGroup } from "./verbs.ts";

/** Somebody of another server asks no more to be let into a group that is kept here; who was let in meanwhile goes. */
export async function withdrawJoin(
  ctx: Context,
  of: { personId: PersonId; conversationId: ConversationId },
): Promise<void> {
  const isIn = await transact(ctx, async (tx) => {
    const { personId, conversationId } = of;
    await lockConversations(tx, [conversationId]);
    await deleteJoinRequest(tx, of);
    return (await findMember(tx, conversationId, personId)) !== null;
  });
  if (isIn) await leaveGroup(ctx, of);
}

export interface RefuseJoin {
  personId: PersonId;
  /** Their `Join`. */
  uri: string;
  code: string;
}

/**
 * Tells somebody of another server who had a link that they were not let in, and nothing of why. Whoever makes a code up
 * is told nothing: strangers do not make this server write.
 */
export async function refuseJoin(ctx: Context, { personId, uri, code }: RefuseJoin): Promise<void> {
  if ((await findLinkByCode(ctx.db, code, null)) === null) return;
  const { id: actorId } = await instanceActor(ctx);
  await transact(ctx, async (tx) => {
    const to = (await findPersonById(tx, personId))!;
    const said = [{ type: "Reject" as const, detail: { object: uri }, to }];
    await tellServers(ctx, tx, { actorId, conversationId: null, said });
  });
}
