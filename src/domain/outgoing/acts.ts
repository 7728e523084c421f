import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import type { Context } from "../context.ts";
import { findEmoji } from "../messages/emoji.ts";
import { inConversation, type Found } from "./found.ts";
import type {
  Outgoing,
  OutgoingBlock,
  OutgoingLike,
  OutgoingMove,
  OutgoingOfSelf,
  OutgoingPin,
  OutgoingRead,
} from "./types.ts";

/** A reaction. */
export async function describeLike(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingLike> {
  const { message } = inConversation(found);
  const text = found.activity.emoji;
  if (text === null) throw new Error(`activity ${found.activity.id} has no emoji`);
  return { ...common, type: "Like", message, emoji: { text, custom: await findEmoji(ctx.db, text) } };
}

/** A pin, or its end. */
export async function describePin(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingPin> {
  const { message, conversation } = inConversation(found);
  const type = found.activity.type === "Add" ? "Add" : "Remove";
  return { ...common, type, message, conversation };
}

/** A read mark. */
export async function describeRead(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingRead> {
  return { ...common, type: "Read", ...inConversation(found) };
}

/** A block that is told. */
export async function describeBlock(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingBlock> {
  return { ...common, type: "Block", blocked: await otherOf(ctx, found) };
}

/** That its actor is seen otherwise now, or is no more. */
export async function describeOfSelf(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingOfSelf> {
  return { ...common, type: found.activity.type === "DeletePerson" ? "DeletePerson" : "UpdatePerson" };
}

/** That its actor has become somebody else. */
export async function describeMove(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingMove> {
  return { ...common, type: "Move", target: await otherOf(ctx, found) };
}

async function otherOf(ctx: Context, { activity }: Found): Promise<PersonRow> {
  const { id, otherId } = activity;
  const [other] = await findPeopleByIds(ctx.db, otherId === null ? [] : [otherId]);
  if (other === undefined) throw new Error(`activity ${id} is about nobody`);
  return other;
}
