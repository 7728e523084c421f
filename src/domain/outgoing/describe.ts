import { findActivity, type ActivityRow } from "#db/lanes.ts";
import { findPeopleByIds } from "#db/people.ts";
import { findActivityBody, findLogEntry } from "#db/rooms.ts";
import type { ActivityId, ConversationId } from "#lib/ids.ts";
import type { Context } from "../context.ts";
import {
  describeBlock,
  describeLike,
  describeMove,
  describeOfSelf,
  describePin,
  describeRead,
} from "./acts.ts";
import type { Found, Reading } from "./found.ts";
import { describeMessage } from "./messages.ts";
import {
  changeOf,
  describeAnswer,
  describeInvite,
  describeJoin,
  describeLeave,
  describeTimer,
  describeWish,
  detailOf,
  roomOf,
} from "./rooms.ts";
import type {
  Logged,
  LoggedChange,
  Outgoing,
  OutgoingActivity,
  OutgoingLogEntry,
  OutgoingOf,
  OutgoingUndo,
} from "./types.ts";

type ActivityType = ActivityRow["type"];
type Describers = {
  readonly [Type in ActivityType]: (
    ctx: Context,
    found: Found,
    common: Outgoing,
  ) => Promise<OutgoingOf<Type>>;
};

/** One row per type of activity: what it says beside what every activity has. */
const describers: Describers = {
  Create: describeMessage,
  Update: describeMessage,
  Delete: describeMessage,
  Like: describeLike,
  Add: describePin,
  Remove: describePin,
  Read: describeRead,
  Block: describeBlock,
  Undo: describeUndo,
  Invite: describeInvite,
  Accept: describeAnswer,
  Reject: describeAnswer,
  Join: describeJoin,
  Leave: describeLeave,
  AddMember: describeWish,
  RemoveMember: describeWish,
  UpdateRoom: describeWish,
  UpdateTimer: describeTimer,
  DeleteMessage: describeWish,
  LogEntry: describeLogEntry,
  UpdatePerson: describeOfSelf,
  DeletePerson: describeOfSelf,
  Move: describeMove,
};

/** Loads what an activity says, as it was when it was written and not as things stand today. */
export async function describeActivity(
  ctx: Context,
  id: ActivityId,
  reading: Reading = { lacksParent: false },
): Promise<OutgoingActivity> {
  const row = await findActivity(ctx.db, id);
  if (row === null) throw new Error(`activity ${id} is gone`);
  const found = { ...row, ...reading };
  const { activity, actor, message } = found;
  const addressed = activity.audience ?? message?.audience ?? [];
  const people = await findPeopleByIds(ctx.db, addressed);
  // In the order in which they were addressed.
  const audience = addressed.flatMap((personId) => people.find((person) => person.id === personId) ?? []);
  const common = { id: activity.id, createdAt: activity.createdAt, actor, audience };
  return await describers[activity.type](ctx, found, common);
}

async function describeUndo(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingUndo> {
  const { id, undoes } = found.activity;
  if (undoes === null) throw new Error(`activity ${id} undoes nothing`);
  return { ...common, type: "Undo", undone: await describeActivity(ctx, undoes) };
}

async function describeLogEntry(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingLogEntry> {
  const room = await roomOf(ctx, found);
  const { seq } = detailOf(found, "LogEntry");
  return { ...common, type: "LogEntry", room, ...(await readLogged(ctx, room.id, seq)) };
}

/** Loads what a number in a group's log stands for. */
export async function readLogged(
  ctx: Context,
  roomId: ConversationId,
  seq: number,
): Promise<{ seq: number; epoch: number; logged: Logged }> {
  const entry = await findLogEntry(ctx.db, roomId, seq);
  if (entry === null) throw new Error(`number ${seq} of the log of ${roomId} is gone`);
  const { epoch, activityId, uri, digest, decision } = entry;
  if (decision !== null)
    return { seq, epoch, logged: await changeOf(ctx, decision as unknown as LoggedChange) };
  if (uri !== null) return { seq, epoch, logged: { kind: "theirs", uri, digest } };
  if (activityId === null) return { seq, epoch, logged: { kind: "nothing" } };
  const [activity, body] = await Promise.all([
    describeActivity(ctx, activityId),
    findActivityBody(ctx.db, activityId),
  ]);
  return { seq, epoch, logged: { kind: "ours", activity, body } };
}
