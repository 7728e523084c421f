import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import { findPictureRef, findRoom, type RoomRow } from "#db/rooms.ts";
import type { PersonId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import type { Found } from "./found.ts";
import type {
  ActivityDetails,
  LoggedChange,
  NamedFacts,
  Outgoing,
  OutgoingAnswer,
  OutgoingInvite,
  OutgoingJoin,
  OutgoingLeave,
  OutgoingTimer,
  OutgoingWish,
  RoomChange,
  RoomFacts,
} from "./types.ts";

/** An invitation, or the wish that somebody be invited. */
export async function describeInvite(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingInvite> {
  const { inviterId, epoch } = detailOf(found, "Invite");
  const [room, invited, inviter] = await Promise.all([
    roomOf(ctx, found),
    otherOf(ctx, found),
    inviterId === null ? null : personOf(ctx, inviterId),
  ]);
  return { ...common, type: "Invite", room, epoch, invited, inviter };
}

/** A yes or a no to an invitation, or to somebody who wants to come in. */
export async function describeAnswer(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingAnswer> {
  const type = found.activity.type === "Accept" ? "Accept" : "Reject";
  return { ...common, type, ...detailOf(found, type) };
}

/** The wish to come in. */
export async function describeJoin(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingJoin> {
  return { ...common, type: "Join", ...detailOf(found, "Join") };
}

/** That somebody goes. */
export async function describeLeave(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingLeave> {
  return { ...common, type: "Leave", room: await roomOf(ctx, found), ...detailOf(found, "Leave") };
}

/** How long what two people say stays. */
export async function describeTimer(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingTimer> {
  const { activity, conversation } = found;
  if (conversation === null) throw new Error(`activity ${activity.id} is about no conversation`);
  return { ...common, type: "UpdateTimer", conversation, ...detailOf(found, "UpdateTimer") };
}

/** What somebody wants done in a group that another server keeps. */
export async function describeWish(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingWish> {
  const room = await roomOf(ctx, found);
  const by = common.actor;
  if (found.activity.type === "AddMember") {
    const { role, epoch } = detailOf(found, "AddMember");
    const wish = { kind: "added" as const, person: await otherOf(ctx, found), role, by };
    return { ...common, type: "AddMember", room, epoch, wish };
  }
  if (found.activity.type === "RemoveMember") {
    const { ban, epoch } = detailOf(found, "RemoveMember");
    const wish = { kind: "removed" as const, person: await otherOf(ctx, found), ban, by };
    return { ...common, type: "RemoveMember", room, epoch, wish };
  }
  if (found.activity.type === "DeleteMessage") {
    const { message, epoch } = detailOf(found, "DeleteMessage");
    return { ...common, type: "DeleteMessage", room, epoch, wish: { kind: "deleted", message, by } };
  }
  const { facts, epoch } = detailOf(found, "UpdateRoom");
  return {
    ...common,
    type: "UpdateRoom",
    room,
    epoch,
    wish: { kind: "updated", facts: await factsOf(ctx, facts), by },
  };
}

/** What an activity says beside what every activity has. */
export function detailOf<Type extends keyof ActivityDetails>(
  found: Found,
  type: Type,
): ActivityDetails[Type] {
  const { id, type: actual, detail } = found.activity;
  if (actual !== type || detail === null) throw new Error(`activity ${id} is no ${type}`);
  return detail as unknown as ActivityDetails[Type];
}

/** The group that an activity is about. */
export async function roomOf(ctx: Context, { activity }: Found): Promise<RoomRow> {
  const room = activity.conversationId === null ? null : await findRoom(ctx.db, activity.conversationId);
  if (room === null) throw new Error(`activity ${activity.id} is about no group`);
  return room;
}

async function otherOf(ctx: Context, { activity }: Found): Promise<PersonRow> {
  if (activity.otherId === null) throw new Error(`activity ${activity.id} is about nobody`);
  return await personOf(ctx, activity.otherId);
}

async function personOf(ctx: Context, id: PersonId): Promise<PersonRow> {
  const [person] = await findPeopleByIds(ctx.db, [id]);
  if (person === undefined) throw new Error(`person ${id} is gone`);
  return person;
}

/** A change of a group, or of what was said in it, with the people and the picture that it names. */
export async function changeOf(ctx: Context, change: LoggedChange): Promise<RoomChange> {
  const by = change.byId === null ? null : await personOf(ctx, change.byId);
  if (change.kind === "updated") return { kind: "updated", facts: await factsOf(ctx, change.facts), by };
  if (change.kind === "deleted") return { kind: "deleted", message: change.message, by };
  const person = await personOf(ctx, change.personId);
  if (change.kind === "removed") return { kind: "removed", person, ban: change.ban, by };
  const { role, insteadId } = change;
  const instead = insteadId === undefined ? {} : { instead: await personOf(ctx, insteadId) };
  return { kind: "added", person, role, by, ...instead };
}

async function factsOf(ctx: Context, { pictureId, ...facts }: NamedFacts): Promise<RoomFacts> {
  if (pictureId === undefined) return facts;
  return { ...facts, picture: pictureId === null ? null : await findPictureRef(ctx.db, pictureId) };
}
