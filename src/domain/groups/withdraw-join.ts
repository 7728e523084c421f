import { findMember, lockConversations } from "#db/conversations.ts";
import { insertTombstone } from "#db/inbound.ts";
import { deleteJoinRequest, findJoinRequest, findLinkByCode } from "#db/invite-links.ts";
import { findPersonById, findRemotePersonByUri } from "#db/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { instanceActor } from "../people.ts";
import type { Context } from "../context.ts";
import { transact } from "../transact.ts";
import { tellServers } from "./tell-server.ts";
import { leaveGroup } from "./verbs.ts";

export interface WithdrawJoin {
  /** Who asked; they may not be known here yet. */
  actorUri: string;
  conversationId: ConversationId;
  /** The `Join` that is taken back. */
  uri: string;
}

/**
 * Somebody of another server takes back that they asked to be let into a group that is kept here; who was let in by that goes.
 * One that comes before what it takes back is remembered, and one for something older than their newest wish does nothing.
 */
export async function withdrawJoin(
  ctx: Context,
  { uri, actorUri, conversationId }: WithdrawJoin,
): Promise<void> {
  const leaving = await transact(ctx, async (tx) => {
    await lockConversations(tx, [conversationId]);
    const person = await findRemotePersonByUri(tx, actorUri);
    const of = person && { conversationId, personId: person.id };
    const request = of && (await findJoinRequest(tx, of));
    if (of === null || request?.uri !== uri) {
      await insertTombstone(tx, { uri, actorUri, at: ctx.now() });
      return null;
    }
    await deleteJoinRequest(tx, of);
    return (await findMember(tx, conversationId, of.personId)) && of;
  });
  if (leaving !== null) await leaveGroup(ctx, leaving);
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
