import type { Registration } from "#lib/registration.ts";
import type { Provider } from "./issuers.ts";
import type { ServerPermission, ServerRole } from "#lib/server-role.ts";
import type { Change } from "./changes.ts";
import type {
  Conversation,
  Draft,
  Folder,
  Membership,
  Message,
  Person,
  Preferences,
  Relation,
  TextBody,
} from "./types.ts";
import type { Delivery, ServerReach } from "./deliveries.ts";
import type { Invitation, InviteLink, JoinRequest } from "./invitations.ts";

/** A conversation with the viewer's own side of it. */
export interface ConversationView {
  conversation: Conversation;
  membership: Membership;
  /** How other servers took `membership.lastMessage`, when it is the viewer's own and left this server. */
  deliveries: Delivery[];
  draft: Draft | null;
}

/** 202: the server that keeps a group was asked to do it. */
export interface Asked {
  state: "asked";
}

/** `GET /conversations/:id/bans` */
export interface BanList {
  people: Person[];
}

/** `GET /server`: what a client must know before anybody signs in. */
export interface ServerInfo {
  name: string;
  host: string;
  version: string;
  registration: Registration;
  /** By whom else people can sign in. */
  providers: Provider[];
  limits: {
    messageGraphemes: number;
    handleLength: number;
    passwordLength: number;
    /** In which an account that is to end can be kept. */
    accountGraceDays: number;
  };
}

/** `POST /auth/sign-up`, `/auth/sign-in`, `/auth/refresh`: an access token for memory only. */
export interface SignedIn {
  accessToken: string;
  /** Seconds until the access token runs out. */
  expiresIn: number;
  person: Person;
}

/** `GET /me` */
export interface Me {
  person: Person;
  role: ServerRole;
  /** What the role may do on this server as a whole. */
  permissions: ServerPermission[];
  sessionId: string;
}

/** `GET /me/own`: what only the viewer's own sessions see besides conversations, as of `number`. */
export interface Own {
  number: number;
  /** As others see the viewer. */
  person: Person;
  /** Whom the viewer blocks or mutes. */
  relations: Relation[];
  preferences: Preferences;
  folders: Folder[];
  /** Those that are still open. */
  invitations: Invitation[];
}

/** `GET /me/folders` */
export interface FolderList {
  folders: Folder[];
}

/** `GET /conversations/:id/invitations`: those that wait for an answer, oldest first. */
export interface InvitationList {
  invitations: Invitation[];
}

/** `GET /conversations/:id/links`: newest first. */
export interface InviteLinkList {
  links: InviteLink[];
}

/** `GET /conversations/:id/join-requests`: those that wait, oldest first. */
export interface JoinRequestList {
  requests: JoinRequest[];
}

/** `GET /join/:code`, `POST /join/look`: what is seen of a group before one comes in. */
export interface JoinPreview {
  title: string;
  picture: string | null;
  /** How many people are in it. */
  members: number;
  /** Whether somebody must agree first. */
  approval: boolean;
  /** Who keeps it; null for this server. */
  host: string | null;
}

/** Where something must be agreed to first: by somebody in the group, or by the server that keeps it. */
export interface Asked {
  state: "asked";
}

/** `GET /sync?after=CURSOR`: which conversations changed since; without `after`, where to begin. */
export interface Sync {
  generation: string;
  /** Pass it as `after` next time. Overlap is harmless: changes are told apart by revision. */
  cursor: string;
  /** The person's own number. */
  number: number;
  conversations: ConversationView[];
}

/** `GET /conversations`: newest activity first. */
export interface ConversationPage {
  conversations: ConversationView[];
  /** Pass it as `before` for the next page; null at the end. */
  next: string | null;
}

/** `GET /conversations/:id/changes?after=N` and `GET /me/changes?after=N`. */
export interface ChangePage {
  changes: Change[];
  /** The last number that this answer covers, hidden changes included. */
  through: number;
  /** Whether there is more after `through`. */
  more: boolean;
}

/** `GET /conversations/:id/changes` also carries the summary as of `through`, on its last page. */
export interface ConversationChangePage extends ChangePage {
  view: ConversationView | null;
}

/** `GET /conversations/:id/messages`: ascending by position. */
export interface MessagePage {
  messages: Message[];
  /** States of the viewer's own messages of this page, by message id; only those that left this server. */
  deliveries: Record<string, Delivery[]>;
  /** Those of this page that the viewer keeps. */
  saved: string[];
  hasBefore: boolean;
  hasAfter: boolean;
}

/** `GET /custom-emoji`: `url` is on this server. */
export interface CustomEmojiList {
  emoji: { shortcode: string; url: string }[];
}

/** `GET /conversations/:id/pins`: newest first. */
export interface PinPage {
  messages: Message[];
}

/** `GET /me/saved`: newest first. */
export interface SavedPage {
  saved: { savedAt: string; message: Message }[];
  /** Pass it as `before` for the next page; null at the end. */
  next: string | null;
}

/** `GET /messages/:id/history`: every version, oldest first; the last is what it says now. */
export interface MessageHistory {
  versions: { version: number; body: TextBody; at: string }[];
}

/** `GET /messages/:id/chain`: the root and what answers it, directly or not, ascending by position; 500 at most. */
export interface MessageChain {
  root: string;
  messages: Message[];
}

/** `GET /search`: newest first, by when they came to this server. */
export interface SearchPage {
  results: SearchResult[];
  /** Pass it as `before` for the next page; null at the end. */
  next: string | null;
}

export interface SearchResult {
  message: Message;
  /** Where in `message.body.text` stands what was looked for: UTF-16 indices, `end` exclusive; in their order, none overlap. */
  highlights: { start: number; end: number }[];
}

/** `POST /conversations/:id/messages`: 201 when made, 200 when the key was used before for the same body. */
export interface Sent {
  message: Message;
  deliveries: Delivery[];
}

/** `GET /conversations/:id/reach`: the servers of its members elsewhere. */
export interface Reach {
  servers: ServerReach[];
}

/** Every error of the API. */
export interface ApiError {
  error: string;
  /** The input at fault, when there is one. */
  field?: string;
  /** A sentence for people, in English. */
  message: string;
}
