import { findActivity, type ActivityRow } from "#db/lanes.ts";
import { findMessagesByIds, findVersion } from "#db/messages.ts";
import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import type { ActivityId, ConversationId, MessageId } from "#lib/ids.ts";
import type { Context } from "./context.ts";

/** What every activity has that leaves this server. */
interface Outgoing {
  id: ActivityId;
  createdAt: Date;
  actor: PersonRow;
  /** Everybody whom it is addressed to, here and elsewhere. */
  audience: PersonRow[];
}

/** What one of our people says: a message, another text of it, or that it is gone. */
export interface OutgoingMessage extends Outgoing {
  type: "Create" | "Update" | "Delete";
  conversation: { id: ConversationId; uri: string | null };
  message: { id: MessageId; sentAt: Date; deletedAt: Date | null };
  /** What the announced version says; null for a Delete, and for a version that was deleted since. */
  version: { text: string; at: Date } | null;
  inReplyTo: { id: MessageId; uri: string | null } | null;
}

/** All that a translation of an activity needs, by its type. */
export type OutgoingActivity = OutgoingMessage;

/** Whether an activity tells of a message, rather than of something done to one or to a person. */
export function isOfMessage(outgoing: OutgoingActivity): outgoing is OutgoingMessage {
  return ["Create", "Update", "Delete"].includes(outgoing.type);
}

type Found = NonNullable<Awaited<ReturnType<typeof findActivity>>>;
type ActivityType = ActivityRow["type"];
/** The activities among which one of a type is. */
export type OutgoingOf<Type extends ActivityType, Activity = OutgoingActivity> = Activity extends {
  type: ActivityType;
}
  ? Type extends Activity["type"]
    ? Activity
    : never
  : never;
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
};

/** Loads what an activity says, as it was when it was written and not as things stand today. */
export async function describeActivity(ctx: Context, id: ActivityId): Promise<OutgoingActivity> {
  const found = await findActivity(ctx.db, id);
  if (found === null) throw new Error(`activity ${id} is gone`);
  const { activity, actor, message } = found;
  const addressed = activity.audience ?? message?.audience ?? [];
  const people = await findPeopleByIds(ctx.db, addressed);
  // In the order in which they were addressed.
  const audience = addressed.flatMap((personId) => people.find((person) => person.id === personId) ?? []);
  const common = { id: activity.id, createdAt: activity.createdAt, actor, audience };
  return await describers[activity.type](ctx, found, common);
}

async function describeMessage(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingMessage> {
  const { activity, message, conversation } = found;
  const { type, version: number, inReplyTo } = activity;
  if (message === null || conversation === null || number === null)
    throw new Error(`activity ${activity.id} tells of no message`);
  const [version, parents] = await Promise.all([
    type === "Delete" ? null : findVersion(ctx.db, message.id, number),
    inReplyTo === null ? [] : findMessagesByIds(ctx.db, [inReplyTo]),
  ]);
  const parent = parents[0];
  return {
    ...common,
    type,
    conversation,
    message,
    version: version?.text == null ? null : { text: version.text, at: version.at },
    inReplyTo: parent === undefined ? null : { id: parent.id, uri: parent.uri },
  };
}
