import { findActivity, type ActivityRow } from "#db/lanes.ts";
import { findMessagesByIds, findVersion, type MessageRow } from "#db/messages.ts";
import { findImplicitParent } from "#db/parents.ts";
import { findPeopleByIds, type PersonRow } from "#db/people.ts";
import type { ActivityId, ConversationId, Id, MessageId } from "#lib/ids.ts";
import type { Context } from "./context.ts";
import { findEmoji } from "./messages/emoji.ts";

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
  message: Pick<MessageRow, "id" | "sentAt" | "deletedAt" | "withheldFrom" | "form" | "forwarded">;
  /** What the announced version says; null for a Delete, and for a version that was deleted since. */
  version: { text: string; at: Date } | null;
  inReplyTo: { id: MessageId; uri: string | null } | null;
  /** What it answers, in words, for those who never got that. */
  quote: { text: string; author: PersonRow } | null;
}

/** A reaction to somebody's message. */
export interface OutgoingLike extends Outgoing {
  type: "Like";
  message: { id: MessageId; uri: string | null };
  /** `custom` when it is a picture with a name; `url` null for one of this server. */
  emoji: { text: string; custom: { id: Id<"custom-emoji">; shortcode: string; url: string | null } | null };
}

/** A message is pinned in its conversation, or not any more. */
export interface OutgoingPin extends Outgoing {
  type: "Add" | "Remove";
  message: { id: MessageId; uri: string | null };
  conversation: { id: ConversationId; uri: string | null };
}

/** Somebody has read up to a message. */
export interface OutgoingRead extends Outgoing {
  type: "Read";
  message: { id: MessageId; uri: string | null };
  conversation: { id: ConversationId; uri: string | null };
}

/** Somebody blocks somebody else, and lets them know. */
export interface OutgoingBlock extends Outgoing {
  type: "Block";
  blocked: PersonRow;
}

/** An earlier activity is taken back. */
export interface OutgoingUndo extends Outgoing {
  type: "Undo";
  undone: OutgoingActivity;
}

/** All that a translation of an activity needs, by its type. */
export type OutgoingActivity =
  | OutgoingMessage
  | OutgoingLike
  | OutgoingPin
  | OutgoingRead
  | OutgoingBlock
  | OutgoingUndo;

/** Whether an activity tells whom its actor blocks, or not any more. */
export function isOfBlock(outgoing: OutgoingActivity): boolean {
  return outgoing.type === "Undo" ? isOfBlock(outgoing.undone) : outgoing.type === "Block";
}

/** Whether an activity tells of a message, rather than of something done to one or to a person. */
export function isOfMessage(outgoing: OutgoingActivity): outgoing is OutgoingMessage {
  return ["Create", "Update", "Delete"].includes(outgoing.type);
}

type Found = NonNullable<Awaited<ReturnType<typeof findActivity>>> & Reading;

/** For whom an activity is described. */
export interface Reading {
  /** Somebody among them never got the message that it answers: what it says is quoted, and it is not named. */
  lacksParent: boolean;
}
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
  Like: describeLike,
  Add: describePin,
  Remove: describePin,
  Read: describeRead,
  Block: describeBlock,
  Undo: describeUndo,
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

async function describeMessage(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingMessage> {
  const { message, conversation } = inConversation(found);
  const { id, type, version: number } = found.activity;
  if (number === null || (type !== "Create" && type !== "Update" && type !== "Delete"))
    throw new Error(`activity ${id} tells of no message`);
  const [version, answered] = await Promise.all([
    type === "Delete" ? null : findVersion(ctx.db, message.id, number),
    describeAnswered(ctx, found),
  ]);
  return {
    ...common,
    type,
    conversation,
    message,
    version: version?.text == null ? null : { text: version.text, at: version.at },
    ...answered,
  };
}

/** What a message answers: a message that its readers have, and in words what they do not have. */
async function describeAnswered(
  ctx: Context,
  { activity, message, lacksParent }: Found,
): Promise<Pick<OutgoingMessage, "inReplyTo" | "quote">> {
  const { inReplyTo } = activity;
  if (inReplyTo === null || message === null) return { inReplyTo: null, quote: null };
  const instead = lacksParent ? await findImplicitParent(ctx.db, message.id) : null;
  const rows = await findMessagesByIds(ctx.db, instead === null ? [inReplyTo] : [inReplyTo, instead]);
  const standing = rows.filter(({ deletedAt }) => deletedAt === null);
  const parent = standing.find(({ id }) => id === inReplyTo);
  const named = lacksParent ? standing.find(({ id }) => id === instead) : parent;
  // What nobody chose to answer is not quoted either, nor to anybody who blocks whose words they are.
  const isKept = parent?.withheldFrom.some((id) => message.audience.includes(id)) ?? false;
  const isQuoted = lacksParent && message.inReplyTo === inReplyTo && !isKept;
  const quoted = isQuoted ? parent : undefined;
  const [author] = quoted === undefined ? [] : await findPeopleByIds(ctx.db, [quoted.authorId]);
  return {
    inReplyTo: named === undefined ? null : { id: named.id, uri: named.uri },
    quote: quoted?.text == null || author === undefined ? null : { text: quoted.text, author },
  };
}

async function describeLike(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingLike> {
  const { message } = inConversation(found);
  const text = found.activity.emoji;
  if (text === null) throw new Error(`activity ${found.activity.id} has no emoji`);
  return { ...common, type: "Like", message, emoji: { text, custom: await findEmoji(ctx.db, text) } };
}

async function describePin(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingPin> {
  const { message, conversation } = inConversation(found);
  const type = found.activity.type === "Add" ? "Add" : "Remove";
  return { ...common, type, message, conversation };
}

async function describeRead(_ctx: Context, found: Found, common: Outgoing): Promise<OutgoingRead> {
  return { ...common, type: "Read", ...inConversation(found) };
}

async function describeBlock(ctx: Context, { activity }: Found, common: Outgoing): Promise<OutgoingBlock> {
  const { id, otherId } = activity;
  const [blocked] = await findPeopleByIds(ctx.db, otherId === null ? [] : [otherId]);
  if (blocked === undefined) throw new Error(`activity ${id} blocks nobody`);
  return { ...common, type: "Block", blocked };
}

async function describeUndo(ctx: Context, found: Found, common: Outgoing): Promise<OutgoingUndo> {
  const { id, undoes } = found.activity;
  if (undoes === null) throw new Error(`activity ${id} undoes nothing`);
  return { ...common, type: "Undo", undone: await describeActivity(ctx, undoes) };
}

function inConversation({ activity, message, conversation }: Found) {
  if (message === null || conversation === null)
    throw new Error(`activity ${activity.id} is about no message`);
  return { message, conversation };
}
