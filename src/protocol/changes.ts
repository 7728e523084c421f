import type { Role } from "#lib/permissions.ts";
import type {
  Conversation,
  ConversationFacts,
  Draft,
  Folder,
  Member,
  Membership,
  Message,
  Person,
  Preferences,
  Relation,
} from "./types.ts";
import type { Delivery } from "./deliveries.ts";
import type { Invitation } from "./invitations.ts";
import type { RefusedWish } from "./wishes.ts";

/** A change of a conversation; `revision` is the number it took, gapless per conversation. */
interface Numbered {
  conversationId: string;
  revision: number;
}

/** A change that only one person sees; `number` is that person's own, gapless. */
interface Personal {
  number: number;
}

/** Every change that reaches a client, by name: live over the socket and later by `changes after N`. */
export interface ChangePayloads {
  "conversation.created": Numbered & { conversation: Conversation; membership: Membership };
  "message.posted": Numbered & { message: Message };
  "message.edited": Numbered & { message: Message };
  "message.deleted": Numbered & { message: Message };
  /** How far somebody else has read. */
  "receipt.changed": Numbered & { personId: string; position: number };
  /** One of its people has another name or address, has moved or is gone. */
  "member.changed": Numbered & { person: Person };
  /** A group says something else of itself. */
  "conversation.changed": Numbered & { facts: ConversationFacts };
  /** Somebody else came into a group. */
  "member.joined": Numbered & { member: Member; epoch: number };
  /** Somebody else went, or was sent away. */
  "member.left": Numbered & { person: Person; epoch: number };
  /** Somebody has another role in a group now. */
  "member.promoted": Numbered & { personId: string; role: Role; epoch: number };
  /** Somebody put an emoji under it, or took it away. */
  "message.reacted": Numbered & { message: Message };
  /** It was pinned or unpinned. */
  "message.pinned": Numbered & { message: Message };
  /** A number whose change this viewer may not see. */
  skip: Numbered;
  /** Hidden from the viewer's own sessions ("deleted for me"). */
  "message.hidden": Personal & {
    conversationId: string;
    messageId: string;
    membership: Membership;
    revision: number;
  };
  /** The viewer keeps a message (`savedAt`), or lets go of it (null). */
  "message.saved": Personal & { conversationId: string; messageId: string; savedAt: string | null };
  /** The viewer read, accepted or declined: their own side of a conversation, as of `revision`. */
  "membership.changed": Personal & { membership: Membership; revision: number };
  /** The viewer took a group in which they are no more out of their list. */
  "conversation.forgotten": Personal & { conversationId: string };
  /** The viewer wrote on at a message, or threw it away (null). */
  "draft.changed": Personal & { conversationId: string; draft: Draft | null };
  /** The viewer's folders, all of them, in their order. */
  "folders.changed": Personal & { folders: Folder[] };
  /** The viewer blocked or muted somebody, or took it back. */
  "relation.changed": Personal & { relation: Relation };
  /** The viewer chose what to share with everybody, or what to say of themselves. */
  "preferences.changed": Personal & { preferences: Preferences };
  /** Others see the viewer otherwise: by another name. */
  "profile.changed": Personal & { person: Person };
  /** The viewer is invited, asks to be let in, or that was answered or taken back. */
  "invitation.changed": Personal & { invitation: Invitation };
  /** The server that keeps a group did not do what the viewer asked of it. */
  "wish.refused": Personal & { wish: RefusedWish };
  /** How other servers took one of the viewer's own messages. */
  "delivery.changed": Personal & { conversationId: string; messageId: string; deliveries: Delivery[] };
}

export type ChangeName = keyof ChangePayloads;
export type ChangeOf<Name extends ChangeName> = { type: Name } & ChangePayloads[Name];
/** One change as it travels: its name in `type`, and its payload beside it. */
export type Change = { [Name in ChangeName]: ChangeOf<Name> }[ChangeName];
