import type { Context } from "#domain/context.ts";
import { deleteAsAsked } from "#domain/groups/deletions.ts";
import { checkHosted, checkWish, refuseOutsider } from "#domain/groups/hosted.ts";
import { changeGroup, leaveGroup, removeMember, setMemberRole, transferGroup } from "#domain/groups/verbs.ts";
import { findPersonByUri } from "#domain/people.ts";
import type { ConversationId, PersonId } from "#lib/ids.ts";
import { personAt } from "../people.ts";
import { Dropped } from "../translate/dropped.ts";
import { readWish, readWishedChange, type SaidChange } from "../translate/room-in.ts";
import { parseLocalUri } from "../uris.ts";
import { inbound, type Tools } from "./handler.ts";
import { messageAt } from "./message-at.ts";

/** The group of ours that an address names. Throws Dropped. */
export function hostedAt(ctx: Context, uri: string): ConversationId {
  const thing = parseLocalUri(ctx.settings.origin, uri);
  if (thing?.kind !== "conversation") throw new Dropped("unknown_object");
  return thing.id;
}

/**
 * A member elsewhere wants somebody's role changed, somebody taken out, the group to be otherwise, or what somebody said in
 * it to be gone: as if they asked here.
 */
export const wishedChange = inbound({
  read: readWishedChange,
  take: async (tools, { said: { room, change, epoch }, actorUri }) => {
    const of = { ...(await memberOf(tools, { room, actorUri })), epoch };
    await refuseOutsider(tools.ctx, of, () => carryOut(tools, of, change));
  },
});

/** A member elsewhere goes, whatever the group has come to meanwhile. */
export const leave = inbound({
  read: readWish,
  take: async (tools, { said: { object }, actorUri }) => {
    const of = await memberOf(tools, { room: object, actorUri });
    await refuseOutsider(tools.ctx, of, () => leaveGroup(tools.ctx, of));
  },
});

async function memberOf(
  { ctx }: Tools,
  { room, actorUri }: { room: string; actorUri: string },
): Promise<{ personId: PersonId; conversationId: ConversationId }> {
  const conversationId = hostedAt(ctx, room);
  const person = await findPersonByUri(ctx, actorUri);
  if (person === null) throw new Dropped("unknown_object");
  await checkHosted(ctx, conversationId);
  return { personId: person.id, conversationId };
}

async function carryOut(
  tools: Tools,
  of: { personId: PersonId; conversationId: ConversationId; epoch: number | null },
  change: SaidChange,
): Promise<void> {
  const { ctx } = tools;
  if (change.kind === "updated") {
    const { title, ...rest } = change.facts;
    if (title === null) throw new Dropped("malformed");
    await changeGroup(ctx, { ...of, change: { ...rest, ...(title === undefined ? {} : { title }) } });
    return;
  }
  if (change.kind === "deleted")
    return await deleteAsAsked(ctx, { ...of, message: messageAt(ctx, change.messageUri) });
  await checkWish(ctx, { ...of, action: "govern" });
  const otherId = await personAt(tools, change.personUri);
  if (change.kind === "removed") await removeMember(ctx, { ...of, otherId, ban: change.ban });
  else if (change.role === "owner") await transferGroup(ctx, { ...of, otherId });
  else if (change.role !== null) await setMemberRole(ctx, { ...of, otherId, role: change.role });
  else throw new Dropped("unsupported");
}
