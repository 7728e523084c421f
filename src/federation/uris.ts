import {
  isId,
  type ActivityId,
  type ConversationId,
  type Id,
  type MessageId,
  type PersonId,
} from "#lib/ids.ts";

export type ActorCollection = "outbox" | "followers" | "following" | "featured";
/** Collections of an actor, those too that are not for everybody. */
type AnyCollection = ActorCollection | "left";
export type MessageCollection = "replies" | "likes" | "shares";

/** What one of our own addresses names. */
export type LocalThing =
  | { readonly kind: "actor"; readonly id: PersonId }
  | { readonly kind: "message"; readonly id: MessageId }
  | { readonly kind: "conversation"; readonly id: ConversationId }
  | { readonly kind: "activity"; readonly id: ActivityId };

/** The id of one of our actors. It names the person, not the handle, which may change. */
export function actorUri(origin: string, id: PersonId): string {
  return `${origin}/users/${id}`;
}

/** The id of an actor's RSA key; some servers compare what stands before the fragment with the author. */
export function rsaKeyUri(origin: string, id: PersonId): string {
  return `${actorUri(origin, id)}#main-key`;
}

/** The id of an actor's Ed25519 key (FEP-521a). */
export function ed25519KeyUri(origin: string, id: PersonId): string {
  return `${actorUri(origin, id)}#ed25519-key`;
}

export function inboxUri(origin: string, id: PersonId): string {
  return `${actorUri(origin, id)}/inbox`;
}

export function sharedInboxUri(origin: string): string {
  return `${origin}/inbox`;
}

/** Where other servers of our own kind tell what is not stored. */
export function signalsUri(origin: string): string {
  return `${origin}/signals`;
}

export function collectionUri(origin: string, id: PersonId, collection: AnyCollection): string {
  return `${actorUri(origin, id)}/${collection}`;
}

/** The page about a person of this server. */
export function profileUri(origin: string, handle: string): string {
  return `${origin}/@${handle}`;
}

export function activityUri(origin: string, id: ActivityId): string {
  return `${origin}/activities/${id}`;
}

/** The actor id of anybody: as their server gave it, or made of ours. */
export function uriOfPerson(origin: string, person: { id: PersonId; uri: string | null }): string {
  return person.uri ?? actorUri(origin, person.id);
}

/** The object id of a message, whoever wrote it. */
export function uriOfMessage(origin: string, message: { id: MessageId; uri: string | null }): string {
  return message.uri ?? `${origin}/m/${message.id}`;
}

/** The id of a conversation: as the server that began it named it, or made of ours. */
export function uriOfConversation(
  origin: string,
  conversation: { id: ConversationId; uri: string | null },
): string {
  return conversation.uri ?? `${origin}/r/${conversation.id}`;
}

/** What a conversation has beside itself: its pinned messages, its members, and what its host has accepted. */
export type RoomPart = "pins" | "members" | "log";

/** The address of something that a conversation has. */
export function roomPartUri(
  origin: string,
  conversation: { id: ConversationId; uri: string | null },
  part: RoomPart,
): string {
  return `${uriOfConversation(origin, conversation)}/${part}`;
}

/** A number in the log of a group. */
export function logEntryUri(
  origin: string,
  conversation: { id: ConversationId; uri: string | null },
  seq: number,
): string {
  return `${roomPartUri(origin, conversation, "log")}/${seq}`;
}

/** Where the server that keeps a group has what its log has under a number. */
export function copyUri(room: string, seq: number): string {
  return `${room}/copy?seq=${seq}`;
}

/** The conversation of whose parts an address names one; null for every other address. */
export function partOfRoom(uri: string): { room: string; part: RoomPart } | null {
  const found = /^(?<room>.+)\/(?<part>pins|members|log)$/.exec(uri)?.groups;
  return found === undefined ? null : { room: found["room"]!, part: found["part"] as RoomPart };
}

/** The picture of a group: of ours, or where another server has it. */
export function pictureUri(origin: string, picture: { id: Id<"picture">; url: string | null }): string {
  return picture.url ?? `${origin}/pictures/${picture.id}`;
}

/** The picture of one of our own custom emoji. */
export function customEmojiUri(origin: string, id: Id<"custom-emoji">): string {
  return `${origin}/emoji/${id}`;
}

/** `@ann@a.example`: what people type to reach somebody. */
export function addressOf(host: string, person: { handle: string; host: string | null }): string {
  return `@${person.handle}@${person.host ?? host}`;
}

const folders = { users: "actor", m: "message", r: "conversation", activities: "activity" } as const;
type Folder = keyof typeof folders;

/** Tells what one of our own addresses names; null for every other text, however much it looks like one of ours. */
export function parseLocalUri(origin: string, uri: string): LocalThing | null {
  if (!uri.startsWith(`${origin}/`)) return null;
  const [folder, id, ...rest] = uri.slice(origin.length + 1).split("/");
  if (folder === undefined || id === undefined || rest.length > 0 || !isFolder(folder)) return null;
  if (!isExactId(id)) return null;
  return { kind: folders[folder], id } as LocalThing;
}

/** Tells whether a text is an id in the one spelling that we give out. */
export function isExactId<Kind extends string>(text: string): text is Id<Kind> {
  return isId(text) && text === text.toLowerCase();
}

function isFolder(text: string): text is Folder {
  return Object.hasOwn(folders, text);
}

/** Tells whether an address is on our own host, over whatever scheme and in whatever spelling. */
export function isOurs(origin: string, uri: string): boolean {
  return hostOf(uri) === hostOf(origin);
}

/** Tells whether two addresses have the same origin (RFC 6454); false for anything that is no http(s) address. */
export function isSameOrigin(one: string, other: string): boolean {
  const origin = originOf(one);
  return origin !== null && origin === originOf(other);
}

function originOf(uri: string): string | null {
  const url = URL.parse(uri);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  return url.username === "" && url.password === "" ? url.origin : null;
}

/** The host (with the port, when it is not the scheme's own) of an address, or null. */
export function hostOf(uri: string): string | null {
  return URL.parse(uri)?.host.replace(/\.(?=$|:)/, "") ?? null;
}
