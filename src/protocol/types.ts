import type { Notice } from "#lib/notice.ts";
import type { Permissions, Role } from "#lib/permissions.ts";

/** JSON shapes that travel between our server and our browser. Ids are UUIDs; dates are ISO 8601 in UTC. */

/** A person as anybody who shares a conversation with them sees them. */
export interface Person {
  id: string;
  /** A `service` is a bot, or another thing that speaks by itself. */
  kind: "person" | "service";
  state: "active" | "deleted";
  /** `ann` */
  handle: string;
  /** `b.example`; null for a person of this server. */
  host: string | null;
  /** `@ann@b.example`, for local people too: what others type to reach them. */
  address: string;
  /** The address before the last change of handle, for a year. */
  formerly: string | null;
  /** The address of the person whom they have become, on whatever server. */
  movedTo: string | null;
  /** The display name; the handle when none was chosen, empty once they are deleted. */
  name: string;
  /** The page that describes them, on their own server. */
  profileUrl: string;
}

/** Readable words, with sanitised HTML beside them when they came from a server that sent HTML. */
export interface TextBody {
  text: string;
  html?: string;
}

/** Bytes that this server cannot read (base64), for encrypted conversations. */
export interface OpaqueBody {
  opaque: string;
  mediaType: string;
}

export type MessageBody = TextBody | OpaqueBody;

/** One emoji under a message. */
export interface Reaction {
  /** One Unicode emoji; `:name:` of a custom one of this server, `:name@b.example:` of another's. */
  emoji: string;
  /** The picture of a custom one, on this server; null for a Unicode emoji. */
  url: string | null;
  /** Who chose it, first come first. */
  personIds: string[];
}

export interface Message {
  id: string;
  conversationId: string;
  authorId: string;
  /** Order of display within the conversation, from 1; gapless but for messages that are kept from the viewer. */
  position: number;
  /** The conversation's number at this message's last change. */
  revision: number;
  /** When the author says it was sent. */
  sentAt: string;
  /** When it reached this server; differs visibly from `sentAt` for a late message. */
  receivedAt: string;
  editedAt: string | null;
  deletedAt: string | null;
  /** Who deleted it, when that was not its author: in a group, some may. */
  deletedBy: string | null;
  /** When it disappears by itself; null when it stays. */
  expiresAt: string | null;
  /** It had its time: nobody deleted it. */
  expired: boolean;
  /** Null once deleted. */
  body: MessageBody | null;
  inReplyTo: string | null;
  /** Members who are named in the text; a mention of anybody else is only text. */
  mentions: string[];
  /** Who of the members were addressed, when some were left out: nobody else sees it. */
  onlyTo: string[] | null;
  /** Addresses of those who were addressed and are no members. */
  alsoTo: string[];
  /** It was sent before its author's server knew who had come; those do not see it. */
  late: boolean;
  /** Its author's server was gone: the copy is the keeper's (`vouched`); or the keeper has not taken it (`unlogged`). */
  vouched: boolean;
  unlogged: boolean;
  /** Somebody else's words, passed on. */
  forwarded: boolean;
  /** Who pinned it and when; `by` is null once their account has ended. */
  pinned: { by: string | null; at: string } | null;
  /** In the order of their first use. */
  reactions: Reaction[];
  /** Set for a line that tells what happened to the group: it is nobody's words, and never unread. */
  notice: Notice | null;
  /** The idempotency key of the send, so that the author's sessions match their own optimistic row. */
  key: string | null;
}

export interface Member {
  person: Person;
  role: Role;
}

/** What all members of a conversation see alike, but for messages that are kept from some of them. */
export interface Conversation {
  id: string;
  kind: "direct" | "group";
  title: string | null;
  description: string;
  /** The path of its picture on this server. */
  picture: string | null;
  /** Who may do what in a group; null between people who are all alike. */
  permissions: Permissions | null;
  /** What newcomers see of a group: from when they joined, or all of it. */
  history: "joined" | "all";
  /** `archived`: nobody writes until it is opened again; `closed`: nobody ever writes again. */
  state: "open" | "archived" | "closed";
  /** Rises with each change of who is in a group or what they may do. */
  epoch: number;
  /** Seconds after which what is said from now on disappears; null when it stays. */
  expireAfter: number | null;
  /** The server that keeps it; null when this one does, or none. */
  host: string | null;
  members: Member[];
  /** Who was in the group while the viewer was, the last to go first; the newest 200. */
  former: Person[];
  /** The conversation's number: every change takes the next one. */
  revision: number;
  /** The position of the newest message that is not kept from the viewer; 0 when there is none. */
  lastPosition: number;
  createdAt: string;
}

/** What a group says of itself, to all of its members. */
export type ConversationFacts = Pick<
  Conversation,
  "title" | "description" | "picture" | "permissions" | "history" | "state" | "epoch" | "expireAfter"
>;

/** The last three of somebody who was in a group: they keep what they saw until then. */
export type MembershipState = "accepted" | "request" | "declined" | "left" | "removed" | "banned";

/** What one person alone sees of a conversation. */
export interface Membership {
  conversationId: string;
  /** The viewer's own number at the last change of their side; 0 before the first. */
  number: number;
  state: MembershipState;
  /** Messages up to this position came before the viewer, and are not theirs to see; another one when they come back. */
  historyAfter: number;
  /** Everything up to this position was read. */
  readPosition: number;
  /** Messages of others after `readPosition`, neither deleted nor hidden. */
  unread: number;
  /** Those of them that name the viewer. */
  unreadMentions: number;
  /** The viewer wants to come back to it; reading ends it. */
  markedUnread: boolean;
  /** Since when it stands above the others in the viewer's list. */
  pinnedAt: string | null;
  /** Since when it is put away; a message that comes later brings it back, unless it is muted. */
  archivedAt: string | null;
  mute: Mute | null;
  folderIds: string[];
  /** How far the others have read, by person, as far as they and the viewer share it; empty when the viewer does not. */
  receipts: Record<string, number>;
  /** What the viewer chose for this conversation alone. */
  sharing: Sharing;
  /** The newest message that the viewer may see, shortened (see preview.ts). */
  lastMessage: Message | null;
  /** When the newest message came that the viewer may see, else when the conversation was begun; sorts the list. */
  activityAt: string;
}

/** New messages call nobody. */
export interface Mute {
  /** `mentions`: only those call that name the viewer. */
  mode: "all" | "mentions";
  /** It counts for nothing from this moment on; null for one that stays. */
  until: string | null;
}

/** A part of the viewer's list, by their own choice. */
export interface Folder {
  id: string;
  name: string;
  /** Its place among them, from 0. */
  rank: number;
}

/** What the viewer has begun to write. */
export interface Draft {
  conversationId: string;
  text: string;
  inReplyTo: string | null;
  changedAt: string;
}

/** How the viewer stands to somebody else; only their own sessions see it. */
export interface Relation {
  /** The other. */
  personId: string;
  /** `silent`: the other is never told. */
  block: "open" | "silent" | null;
  muted: boolean;
  /** A mute counts for nothing from this moment on; null for one that stays. */
  mutedUntil: string | null;
}

/** Signals between people, of which each may choose whether they are given and, then only, got. */
export interface Sharing {
  /** Read marks; null follows the preference. */
  receipts: boolean | null;
  typing: boolean | null;
  /** Online, idle, offline; null follows the preference. */
  presence: boolean | null;
}

/** What somebody says about themselves for a while. */
export interface Status {
  text: string;
  /** Null for one that stays. */
  until: string | null;
}

/** What a person chose for all their conversations. */
export interface Preferences {
  receipts: boolean;
  typing: boolean;
  presence: boolean;
  /** Seen as offline by everybody, while seeing them. */
  invisible: boolean;
  /** As it was chosen, also after its end. */
  status: Status | null;
}

/** Whether somebody is there. */
export interface Presence {
  personId: string;
  state: "online" | "idle" | "offline";
  /** Null for whoever is offline. */
  status: Status | null;
}
