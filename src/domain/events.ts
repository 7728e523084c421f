import type { ActivityId, ConversationId, InvitationId, MessageId, PersonId, SessionId } from "#lib/ids.ts";

/** A change of a conversation, for the local people who belonged to it when it happened. */
interface ConversationFact {
  conversationId: ConversationId;
  revision: number;
  to: PersonId[];
}

interface MessageFact extends ConversationFact {
  messageId: MessageId;
  /** Whether deliveries to other servers were written with it. */
  leaves: boolean;
}

/** A change that only one person's own sessions see. */
interface OwnFact {
  personId: PersonId;
  number: number;
}

interface PersonalFact extends OwnFact {
  conversationId: ConversationId;
}

/** Everything that can happen, by name. Ids only: who handles it loads what is needed. */
export interface EventPayloads {
  "conversation.created": ConversationFact;
  /** What everybody sees of one of its people. */
  "member.changed": ConversationFact & { personId: PersonId };
  /** What a group says of itself. */
  "conversation.changed": ConversationFact;
  /** `to`: those who were there before. */
  "member.joined": ConversationFact & { personId: PersonId };
  /** `to`: those who stay. */
  "member.left": ConversationFact & { personId: PersonId };
  /** What somebody is in a group. */
  "member.promoted": ConversationFact & { personId: PersonId };
  "message.posted": MessageFact;
  "message.edited": MessageFact;
  "message.deleted": MessageFact;
  "receipt.changed": ConversationFact & {
    personId: PersonId;
    /** Whether deliveries to other servers were written with it. */
    leaves: boolean;
  };
  "message.reacted": MessageFact;
  "message.pinned": MessageFact;
  "message.hidden": PersonalFact & { messageId: MessageId };
  /** `meets`: whom the person sees, and who sees them, may be another matter now. */
  "membership.changed": PersonalFact & { meets: boolean };
  "conversation.forgotten": PersonalFact;
  "draft.changed": PersonalFact;
  "folders.changed": OwnFact;
  "preferences.changed": OwnFact;
  /** What others see of the person. */
  "profile.changed": OwnFact;
  "delivery.changed": PersonalFact & {
    messageId: MessageId;
    /** Whether there is something to deliver that was not before. */
    leaves: boolean;
  };
  /** The server that keeps a group did not do what the person asked of it. */
  "wish.refused": PersonalFact & { activityId: ActivityId };
  /** How a person stands to another. */
  "relation.changed": { personId: PersonId; number: number; otherId: PersonId; leaves: boolean };
  /** Of whoever is invited or asks. */
  "invitation.changed": OwnFact & { invitationId: InvitationId };
  "message.saved": PersonalFact & { messageId: MessageId };
  /** Something waits in the lanes of which no other event tells. */
  "activities.due": Record<never, never>;
  /** The operator decided about other servers. */
  "servers.changed": Record<never, never>;
  /** The operator decided who may do what here: roles, networks, issuers, settings. */
  "terms.changed": Record<never, never>;
  /** Somebody of this server who is gone signs nothing any more. */
  "keys.destroyed": { personId: PersonId };
  "session.revoked": { sessionId: SessionId; personId: PersonId };
}

export type EventName = keyof EventPayloads;
export type EventOf<Name extends EventName> = { name: Name } & EventPayloads[Name];
/** One thing that happened, told after its transaction has committed. */
export type DomainEvent = { [Name in EventName]: EventOf<Name> }[EventName];
