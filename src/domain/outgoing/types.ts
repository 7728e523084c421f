import type { ActivityRow } from "#db/lanes.ts";
import type { MessageRow } from "#db/messages.ts";
import type { PersonRow } from "#db/people.ts";
import type { RoomRow } from "#db/rooms.ts";
import type { ActivityId, ConversationId, Id, MessageId, PersonId } from "#lib/ids.ts";
import type { Permissions, Role } from "#lib/permissions.ts";
import type { MessageRef } from "../messages/refer.ts";

/** What every activity has that leaves this server. */
export interface Outgoing {
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
  message: Pick<
    MessageRow,
    "id" | "sentAt" | "deletedAt" | "withheldFrom" | "form" | "forwarded" | "chatEpoch"
  >;
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

/** How long what two people say stays is otherwise now. */
export interface OutgoingTimer extends Outgoing {
  type: "UpdateTimer";
  conversation: { id: ConversationId; uri: string | null };
  seconds: number | null;
  /** As RFC 3339. */
  chosenAt: string;
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

/** How a group is, or what of it is changed. */
export interface RoomFacts {
  title?: string | null;
  description?: string;
  picture?: RoomRow["picture"];
  permissions?: Permissions | null;
  history?: "joined" | "all";
  state?: "open" | "archived" | "closed";
  expireAfter?: number | null;
}

/** The same as it is kept, with the picture's id. */
export type NamedFacts = Omit<RoomFacts, "picture"> & { pictureId?: Id<"picture"> | null };

/** What `log_entry.decision` holds: a change that the server which keeps a group decided about it. */
export type LoggedChange =
  /** `insteadId`: who goes, having become that person. */
  | {
      kind: "added";
      personId: PersonId;
      role: Role | null;
      byId: PersonId | null;
      insteadId?: PersonId;
    }
  | { kind: "removed"; personId: PersonId; ban: boolean; byId: PersonId | null }
  | { kind: "updated"; facts: NamedFacts; byId: PersonId | null }
  | { kind: "deleted"; message: MessageRef; byId: PersonId | null };

/** What `activity.detail` holds beside `otherId`, by the type of the activity. */
export interface ActivityDetails {
  /** `inviterId`: for whom the server that keeps the group invites; null when one of our people asks another server to. */
  Invite: { inviterId: PersonId | null; epoch: number | null };
  /** `object`: the id of the activity that is answered. */
  Accept: { object: string };
  Reject: { object: string };
  /** `object`: the id of the group, or the address of a link into it. */
  Join: { object: string; code: string | null };
  Leave: { epoch: number };
  /** `role`: what they shall be; null to come in. */
  AddMember: { role: Role | null; epoch: number };
  RemoveMember: { ban: boolean; epoch: number };
  UpdateRoom: { facts: NamedFacts; epoch: number };
  UpdateTimer: { seconds: number | null; chosenAt: string };
  DeleteMessage: { message: MessageRef; epoch: number };
  LogEntry: { seq: number };
}

interface OutgoingOfRoom extends Outgoing {
  room: RoomRow;
  /** The group's epoch, as far as it is known to who says it. */
  epoch: number | null;
}

/** Somebody is asked into a group: by the server that keeps it (then `inviter` is for whom), or that server is to ask them. */
export interface OutgoingInvite extends OutgoingOfRoom {
  type: "Invite";
  invited: PersonRow;
  inviter: PersonRow | null;
}

/** An answer to somebody's wish. */
export interface OutgoingAnswer extends Outgoing {
  type: "Accept" | "Reject";
  object: string;
}

/** Somebody wants to come into a group elsewhere. */
export interface OutgoingJoin extends Outgoing {
  type: "Join";
  object: string;
  code: string | null;
}

/** Somebody goes out of a group elsewhere. */
export interface OutgoingLeave extends OutgoingOfRoom {
  type: "Leave";
}

/** Something that somebody wants done to who is in a group elsewhere, to the group, or to what another said in it. */
export interface OutgoingWish extends OutgoingOfRoom {
  type: "AddMember" | "RemoveMember" | "UpdateRoom" | "DeleteMessage";
  wish: RoomChange;
}

/** A change of who is in a group, of what they are, or of the group, or the end of a message; `by` is who did it. */
export type RoomChange =
  | { kind: "added"; person: PersonRow; role: Role | null; by: PersonRow | null; instead?: PersonRow }
  | { kind: "removed"; person: PersonRow; ban: boolean; by: PersonRow | null }
  | { kind: "updated"; facts: RoomFacts; by: PersonRow | null }
  | { kind: "deleted"; message: MessageRef; by: PersonRow | null };

/** What a number in the log of a group of ours stands for; `nothing` for what concerned only people of this server. */
export type Logged =
  | { kind: "ours"; activity: OutgoingActivity; body: string | null }
  | { kind: "theirs"; uri: string; digest: string | null }
  | { kind: "nothing" }
  | RoomChange;

/** A number in the log of a group of ours. */
export interface OutgoingLogEntry extends Outgoing {
  type: "LogEntry";
  room: RoomRow;
  seq: number;
  epoch: number;
  logged: Logged;
}

/** Somebody tells whoever knows them that they are seen otherwise now, or are no more. */
export interface OutgoingOfSelf extends Outgoing {
  type: "UpdatePerson" | "DeletePerson";
}

/** Somebody has become another actor. */
export interface OutgoingMove extends Outgoing {
  type: "Move";
  target: PersonRow;
}

/** All that a translation of an activity needs, by its type. */
export type OutgoingActivity =
  | OutgoingInvite
  | OutgoingAnswer
  | OutgoingJoin
  | OutgoingLeave
  | OutgoingWish
  | OutgoingLogEntry
  | OutgoingMessage
  | OutgoingLike
  | OutgoingPin
  | OutgoingRead
  | OutgoingTimer
  | OutgoingBlock
  | OutgoingUndo
  | OutgoingOfSelf
  | OutgoingMove;

/** Whether an activity tells whom its actor blocks, or not any more. */
export function isOfBlock(outgoing: OutgoingActivity): boolean {
  return outgoing.type === "Undo" ? isOfBlock(outgoing.undone) : outgoing.type === "Block";
}

/** Whether an activity tells of a message, rather than of something done to one or to a person. */
export function isOfMessage(outgoing: OutgoingActivity): outgoing is OutgoingMessage {
  return ["Create", "Update", "Delete"].includes(outgoing.type);
}

type ActivityType = ActivityRow["type"];

const ofSelf: readonly ActivityType[] = ["UpdatePerson", "DeletePerson", "Move"];

/** Whether an activity tells of its actor alone: it goes to servers, once to each, and not to people. */
export function isOfSelf(type: ActivityType): boolean {
  return ofSelf.includes(type);
}

/** The activities among which one of a type is. */
export type OutgoingOf<Type extends ActivityType, Activity = OutgoingActivity> = Activity extends {
  type: ActivityType;
}
  ? Type extends Activity["type"]
    ? Activity
    : never
  : never;
