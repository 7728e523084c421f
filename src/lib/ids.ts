import { v7, validate } from "uuid";

/** A branded UUID: a person's id cannot be passed where a message's is wanted. */
export type Id<Kind extends string> = string & { readonly __kind: Kind };

export type PersonId = Id<"person">;
export type ConversationId = Id<"conversation">;
export type MessageId = Id<"message">;
export type SessionId = Id<"session">;
export type FolderId = Id<"folder">;
export type InvitationId = Id<"invitation">;
export type InviteLinkId = Id<"invite-link">;
export type ActivityId = Id<"activity">;
/** What stays in order on its way out: the activities of one conversation, or those that concern one person alone. */
export type StreamId = Id<"conversation" | "person">;

/** Makes a new time-ordered id (UUID version 7, RFC 9562 section 5.7). */
export function newId<Kind extends string>(): Id<Kind> {
  return v7() as Id<Kind>;
}

/** Tells whether a text from outside is a UUID and may therefore be used as an id. */
export function isId<Kind extends string>(text: string): text is Id<Kind> {
  return validate(text);
}
